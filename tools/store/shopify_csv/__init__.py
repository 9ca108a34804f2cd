"""The CSV files that Shopify's admin exports: orders, products, customers, inventory."""
