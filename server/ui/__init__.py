"""What people see: templates, style, small scripts, and the pure functions that say what the templates show."""
