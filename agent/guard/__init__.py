"""The guard: what a proposal may do and say. Everything a reasoner wrote passes here, whoever the reasoner is."""
