"""From records to what a template shows: pure, without a request and without a clock."""
