"""The sidecar: one case beside a helpdesk's own ticket, in a frame, with a token that opens this ticket alone."""
