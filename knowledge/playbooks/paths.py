"""Whether a variable that an expression or macro names is among the facts a case can have."""

from knowledge.playbooks.advice import did_you_mean
from knowledge.playbooks.vocabulary import Vocabulary

FOLLOW_UP = "follow_up.at"
"""The day a branch's follow-up is due: the engine knows it, only macros may name it."""


def path_fault(path: str, vocabulary: Vocabulary) -> str:
    """What is wrong with a path such as `order.number`, `items[].title` or `today`; empty when nothing is."""
    owner, dot, name = path.rpartition(".")
    if not dot:
        return _variable_fault(path.removesuffix("[]"), vocabulary)
    if owner.endswith("[]"):
        return _member_fault(owner.removesuffix("[]"), name, vocabulary)
    if owner in vocabulary.objects:
        return _field_fault(owner, name.removesuffix("[]"), vocabulary.objects[owner])
    root = owner.partition(".")[0]
    if root in vocabulary.variables or root in vocabulary.lists:
        return f"{root} has no fields" + ("; use a for loop or `| each(...)`" if root in vocabulary.lists else "")
    if root in vocabulary.objects:
        return f"{owner} has no fields"
    return _variable_fault(root, vocabulary)


def printing_fault(path: str, vocabulary: Vocabulary) -> str:
    """What is wrong with printing a path; empty when nothing is."""
    bare = path.removesuffix("[]")
    if path in vocabulary.objects:
        return f"{path} is an object: name one of its fields{_some(vocabulary.objects[path])}"
    if bare in vocabulary.lists and path.endswith("[]"):
        return f"a member of {bare} is an object: name one of its fields{_some(vocabulary.lists[bare])}"
    return ""


def _variable_fault(name: str, vocabulary: Vocabulary) -> str:
    known = vocabulary.variables | set(vocabulary.objects) | set(vocabulary.lists)
    return "" if name in known else f"unknown variable {name}{did_you_mean(name, known)}"


def _member_fault(owner: str, name: str, vocabulary: Vocabulary) -> str:
    if owner not in vocabulary.lists:
        return f"{owner} is not a list of objects: its members have no field {name}"
    return _field_fault(owner, name, vocabulary.lists[owner])


def _field_fault(owner: str, name: str, fields: frozenset[str]) -> str:
    return "" if name in fields else f"{owner} has no field {name}{did_you_mean(name, fields)}"


def _some(fields: frozenset[str]) -> str:
    return f", such as {sorted(fields)[0]}" if fields else ""
