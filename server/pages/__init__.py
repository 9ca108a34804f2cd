"""The pages: each route reads, calls a view, and renders a template."""
