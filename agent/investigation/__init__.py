"""Looking things up for a case: who writes, which order is meant, and every fact a reply may use."""

from agent.investigation.inquiry import Inquiry, investigate

__all__ = ["Inquiry", "investigate"]
