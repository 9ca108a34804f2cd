"""The rules of a shop as data: limits.yaml, typed, with the place of every mistake."""

from agent.limits.loader import LimitsFile, load_limits, read_limits, shipped_limits
from agent.limits.people import Ceiling, Person, Role, RoleLimits, Roles
from agent.limits.policy_limits import PolicyLimits
from agent.limits.rules import ActionRule, Per, Say, Window
from agent.limits.service import BusinessHours, EmailTrust, Loop, ReplyMode
from agent.limits.source import LimitsError, Problem

__all__ = [
    "ActionRule",
    "BusinessHours",
    "Ceiling",
    "EmailTrust",
    "LimitsError",
    "LimitsFile",
    "Loop",
    "Per",
    "Person",
    "PolicyLimits",
    "Problem",
    "ReplyMode",
    "Role",
    "RoleLimits",
    "Roles",
    "Say",
    "Window",
    "load_limits",
    "read_limits",
    "shipped_limits",
]
