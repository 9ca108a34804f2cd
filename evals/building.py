"""Building: written messages tied to orders and customers of the demo brand, as samples with labels and a split."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydantic import JsonValue

from evals.cards import recount
from evals.due import STRANGERS, due, secrets_of
from evals.importing import write_samples
from evals.patching import patched
from evals.sample import WRITTEN as NEWEST
from evals.sample import Expected, Sample, SampleKind, Split, World, load_samples
from evals.written import DATASETS, Arguments, Changes, Script, scripts
from tools.commerce import Customer, Order, Product
from tools.connectors.demo import DemoWorld
from tools.connectors.demo.chance import stream
from tools.connectors.demo.facts import Facts
from tools.connectors.demo.situations import Case, Casting
from tools.helpdesk import Attachment, Author, Ticket, TicketMessage

HELD_OUT = 0.3
OURS = "help@alderandwren.example"
TYPES = {"jpg": "image/jpeg", "png": "image/png", "heic": "image/heic", "pdf": "application/pdf", "txt": "text/plain"}


def build(world: DemoWorld, written: Iterable[Script] | None = None) -> list[Sample]:
    """Every written message as a sample of its own kind, all in split `tune`; `split` divides them.

    Raises ValueError naming the message when no order of the brand fits it, or when it asks for a fact there is not.
    """
    desk = _Desk(world)
    return [desk.sample(script) for script in (scripts() if written is None else written)]


def divided(samples: Sequence[Sample], before: Mapping[str, Split]) -> list[Sample]:
    """The samples with their splits: what had one keeps it, the others fill up to 30 % held out by intent and kind.

    A data set of its own is never held out: `written/strangers` was read while rules were mended.
    """
    groups: defaultdict[tuple[str, SampleKind], list[Sample]] = defaultdict(list)
    for sample in (each for each in samples if each.dataset == each.kind.value):
        groups[sample.expected.intent, sample.kind].append(sample)
    held = {sample.id for group in groups.values() for sample in _held_out(group, before)}
    splits = {True: Split.HELD_OUT, False: Split.TUNE}
    return [sample.model_copy(update={"split": splits[sample.id in held]}) for sample in samples]


def _held_out(group: Sequence[Sample], before: Mapping[str, Split]) -> Iterator[Sample]:
    kept = [sample for sample in group if before.get(sample.id) is Split.HELD_OUT]
    fresh = sorted((sample for sample in group if sample.id not in before), key=lambda sample: _digest(sample.id))
    yield from kept
    yield from fresh[: max(0, round(HELD_OUT * len(group)) - len(kept))]


def write(samples: Iterable[Sample], folder: Path = DATASETS) -> dict[str, int]:
    """One JSONL file a kind and the counts in its card. Returns how many samples each file holds."""
    files: defaultdict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        files[sample.dataset].append(sample)
    for name, found in files.items():
        write_samples(found, folder / f"{name}.jsonl")
        recount(folder / f"{name}.md", found)
    return {name: len(found) for name, found in sorted(files.items())}


def rebuild(world: DemoWorld, folder: Path = DATASETS) -> dict[str, int]:
    """Writes the data sets anew from the written messages; splits that were given stay. Returns the counts."""
    before = {sample.id: sample.split for path in folder.glob("*.jsonl") for sample in load_samples(path)}
    return write(divided(build(world, scripts(folder / "written")), before), folder)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class _Cast:
    """A script with the case it is about and everything its placeholders stand for."""

    script: Script
    case: Case
    facts: Mapping[str, object]
    sender: tuple[str, str]
    other: Order

    def fill(self, text: str) -> str:
        """The text with its placeholders filled. Raises ValueError for one that the case has no fact for."""
        try:
            return text.format_map(self.facts)
        except (KeyError, ValueError, IndexError) as error:
            raise ValueError(f"{self.script.file}: {text[:60]!r}: no fact for {error}") from None


class _Known(dict[str, object]):
    """The facts of a case, looked up when a text names them, and what a sample adds to them."""

    def __init__(self, facts: Facts) -> None:
        super().__init__()
        self._facts = facts

    def __missing__(self, name: str) -> object:
        return self._facts.fill(f"{{{name}}}")

    def has(self, name: str) -> bool:
        """Whether the case has this fact."""
        try:
            return bool(self[name])
        except KeyError:
            return False


class _Desk:
    def __init__(self, world: DemoWorld) -> None:
        self._world = world
        self._casting = Casting(world)
        self._products: dict[str, Product] = {product.id: product for product in world.products}
        self._variants = {variant.sku: variant.id for product in world.products for variant in product.variants}
        self._skus = {variant: sku for sku, variant in self._variants.items()}
        self._traced = {trace.order_id for trace in world.traces}
        self._used = Counter[tuple[str, str]]()
        self._cases: dict[str, list[Case]] = {}
        self._available = Counter[str]()
        for level in world.stock:
            self._available[level.variant_id] += level.available

    def sample(self, script: Script) -> Sample:
        cast = self._cast(script)
        key = f"{script.file}-{_digest(f'{script.message.language}:{script.message.text}{script.message.quoted}')[:8]}"
        changes = _filled(script.said.world, cast)
        return Sample(
            id=key,
            dataset=script.dataset,
            kind=script.kind,
            tags=(script.group.situation, *script.tags),
            ticket=_ticket(cast, key),
            world=self._around(cast, key, changes),
            expected=self._expected(cast),
            note=script.message.note,
        )

    def _around(self, cast: _Cast, key: str, changes: Changes | None) -> World:
        world = patched(cast.case, changes, self._world, self._variants)
        told = cast.script.said.before or []
        earlier = [_single(cast, f"{key}-b{at}", text, 40 - at) for at, text in enumerate(told, 1)]
        return world.model_copy(update={"before": tuple(earlier)})

    def _cast(self, script: Script) -> _Cast:
        chance = stream(self._world.seed, "samples", script.file, script.message.text)
        case = self._case(script)
        strangers = self._planted_order("on_its_way", chance.randrange(20))
        known = _Known(Facts(case, self._products, self._available, strangers, chance))
        known["avail"] = {sku: str(self._available[variant]) for sku, variant in self._variants.items()}
        if known.has("want_id"):
            known["want_sku"] = self._skus[str(known["want_id"])]
        sender = _sender(script, case, chance.randrange(100))
        if sender[0] != case.customer.name and case.order is None:
            known.update({"name": sender[0], "first": sender[0].split()[0], "email": sender[1]})
        return _Cast(script, case, known, sender, strangers)

    def _planted_order(self, situation: str, at: int) -> Order:
        ids = self._world.planted[situation]
        return self._casting.orders[ids[at % len(ids)]]

    def _case(self, script: Script) -> Case:
        """The case least used by this file, so that no file moves another; who speaks that language before others."""
        fitting = [case for case in self._all(script.group.situation) if self._fits(script, case)]
        if not fitting:
            raise ValueError(f"{script.file}: nothing in the demo brand fits {script.message.text[:60]!r}")
        language, file = script.message.language, script.file
        best = min(fitting, key=lambda case: self._used[file, _key(case)] + 3 * (case.customer.language != language))
        self._used[file, _key(best)] += 1
        return best

    def _all(self, situation: str) -> list[Case]:
        """Every case of a situation: a casting of its own gives each once before any comes again."""
        if situation not in self._cases:
            casting, found = Casting(self._world), dict[str, Case]()
            while (key := _key(case := casting.cast(situation, ""))) not in found:
                found[key] = case
            self._cases[situation] = list(found.values())
        return self._cases[situation]

    def _fits(self, script: Script, case: Case) -> bool:
        traced, sku = script.group.traced, script.said.sku
        if traced is not None and (case.order is None or (case.order.id in self._traced) != traced):
            return False
        if sku and (case.order is None or not case.order.lines[0].sku.startswith(sku)):
            return False
        told = script.message.text + str(script.said.do or "") + str(script.said.world or "")
        return "{want" not in told or self._swappable(case)

    def _swappable(self, case: Case) -> bool:
        other = self._planted_order("on_its_way", 0)
        return _Known(Facts(case, self._products, self._available, other, stream(0, "swap"))).has("want")

    def _expected(self, cast: _Cast) -> Expected:
        said, case = cast.script.said, cast.case
        effects = [(kind, _nested(arguments, cast)) for kind, arguments in (said.do or {}).items()]
        own = case.order if said.expect_order is not False else None
        ruling = due(cast.script, case, effects, self._world)
        return Expected.model_validate(
            {
                "intent": cast.script.intent,
                "secondary": tuple(said.secondary or ()),
                "language": cast.script.message.language,
                "resolution": ruling.resolution,
                "effects": [{"kind": kind, "arguments": arguments} for kind, arguments in effects],
                "optional": ruling.optional,
                "forbidden": ruling.forbidden,
                "asked": ruling.role,
                "facts": [_wordings(fact, cast) for fact in said.facts or ()],
                "absent": [
                    *(cast.fill(text) for text in said.absent or ()),
                    *secrets_of(cast.script, case, cast.other),
                ],
                "cites": said.cites or (),
                "lookups": ("order",) if own else (),
                "order_id": own.id if own else "",
            }
        )


def _key(case: Case) -> str:
    return case.order.id if case.order else case.customer.id


def _wordings(fact: str | list[str], cast: _Cast) -> list[str]:
    if fact == "{order}":
        return [cast.fill("{order}"), cast.fill("{digits}")]
    return [cast.fill(wording) for wording in ([fact] if isinstance(fact, str) else fact)]


def _nested(arguments: Arguments, cast: _Cast) -> dict[str, JsonValue]:
    """`lines.0.line_id: x` as `lines: [{line_id: x}]`; entries of a list are named in their order, from 0."""
    result: dict[str, JsonValue] = {}
    for path, value in arguments.items():
        names, text = path.split("."), cast.fill(value)
        if len(names) == 1:
            result[path] = text
        elif names[1].isdecimal():
            _entry(result.setdefault(names[0], []), int(names[1]), path)[names[2]] = text
        else:
            inner = result.setdefault(names[0], {})
            if isinstance(inner, dict):
                inner[names[1]] = text
    return result


def _entry(entries: JsonValue, at: int, path: str) -> dict[str, JsonValue]:
    """The entry of a list, made when it is the next one. Raises ValueError where one is left out."""
    if isinstance(entries, list) and at <= len(entries):
        if at == len(entries):
            entries.append({})
        entry = entries[at]
        if isinstance(entry, dict):
            return entry
    raise ValueError(f"{path}: name the entries of a list in their order, from 0")


def _filled(changes: Changes | None, cast: _Cast) -> Changes | None:
    if changes is None or not changes.stock:
        return changes
    return changes.model_copy(update={"stock": {cast.fill(sku): units for sku, units in changes.stock.items()}})


def _sender(script: Script, case: Case, drawn: int) -> tuple[str, str]:
    """The customer, unless somebody else writes; who only asks something before buying often is none."""
    if script.said.sender == "mailer-daemon":
        return "Mail Delivery System", "mailer-daemon@mx.inbox.example"
    asks_first = script.group.situation == "no_order" and script.said.resolution == "reply"
    unknown = asks_first and script.said.known is None and script.message.verified is True and drawn < 40
    if script.said.sender == "stranger" or unknown:
        return STRANGERS[drawn % len(STRANGERS)]
    return _own(case.customer)


def _own(customer: Customer) -> tuple[str, str]:
    return customer.name, customer.emails[0]


def _ticket(cast: _Cast, key: str) -> Ticket:
    message = cast.script.message
    earlier = [
        _message(cast, f"{key}-m{at}", turn.by, turn.text, turn.hours) for at, turn in enumerate(message.earlier, 1)
    ]
    newest = _message(cast, f"{key}-m{len(earlier) + 1}", Author.CUSTOMER, message.text, 0).model_copy(
        update={
            "quoted": cast.fill(message.quoted),
            "automatic": message.automatic,
            "attachments": tuple(_attachment(name) for name in message.attachments),
        }
    )
    return Ticket(id=key, channel=message.channel, subject=cast.fill(message.subject), messages=(*earlier, newest))


def _single(cast: _Cast, key: str, text: str, hours: float) -> Ticket:
    return Ticket(id=key, messages=(_message(cast, f"{key}-m1", Author.CUSTOMER, text, hours),))


def _message(cast: _Cast, key: str, author: Author, text: str, hours: float) -> TicketMessage:
    theirs = author is Author.CUSTOMER
    return TicketMessage(
        id=key,
        author=author,
        sender=cast.sender[1] if theirs else OURS,
        sender_name=cast.sender[0] if theirs else "Alder & Wren",
        sender_verified=cast.script.message.verified if theirs else True,
        at=NEWEST - timedelta(hours=hours),
        text=cast.fill(text),
    )


def _attachment(name: str) -> Attachment:
    kind = TYPES.get(name.rsplit(".", 1)[-1].lower(), "application/octet-stream")
    return Attachment(name=name, content_type=kind, size=40_000 + int(_digest(name)[:5], 16))
