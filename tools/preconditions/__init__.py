"""Whether an action can be done at all, decided by code from facts. Pure; checked again inside every effect."""

from tools.preconditions.codes import Code
from tools.preconditions.table import check

__all__ = ["Code", "check"]
