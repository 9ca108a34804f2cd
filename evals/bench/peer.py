"""The peer: the same tickets through a plain LangChain agent with human-in-the-loop middleware.

It has the same lookups over the same store and knowledge, and a scripted model of zero latency that does the same job:
it asks for the customer and the policy at once, then for what needs the customer's id, then for what needs the order's,
and then calls the tools that wait for a person, with the finished reply. Classification costs it nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolCall
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import BaseTool, tool

from agent.repositories import CaseRecord
from knowledge.index import KnowledgeIndex
from tools.helpdesk import Ticket
from tools.ports import Readers

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from server.container import Workshop

_NUMBERS = count()
PROMPT = "You work for an online store. Look the facts up, then propose a sourced reply and the actions it needs."


_script: ContextVar[Iterator[AIMessage]] = ContextVar("script")
"""What the model says about the ticket at hand: several are worked on at once, by one agent."""


class ScriptedChat(BaseChatModel):
    """Answers with the next message of the script; binding tools changes nothing."""

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **settings: Any) -> BaseChatModel:  # Any: langchain's own signature
        """The script already knows its tools."""
        return self

    def _generate(
        self, messages: list[BaseMessage], stop: Any = None, run_manager: Any = None, **more: Any
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=next(_script.get()))])


@dataclass(frozen=True, kw_only=True)
class PeerWorld:
    """What the peer's tools read."""

    readers: Readers
    knowledge: KnowledgeIndex
    now: datetime


def peer_world(workshop: Workshop) -> PeerWorld:
    """The store, the knowledge and the moment of our own run, for the peer."""
    parts = workshop.parts
    return PeerWorld(readers=parts.store.readers(), knowledge=workshop.knowledge, now=parts.clock.now())


def script_for(ticket: Ticket, done: CaseRecord) -> Iterator[AIMessage]:
    """The turns that do for this ticket what our own run did. A lookup comes after the one that gives it its id."""
    known = {item.kind: item.fields for item in done.investigation.evidence} if done.investigation else {}
    yield _turn(
        _call("find_customer", email=ticket.latest.sender), _call("search_policies", question=ticket.latest.text[:500])
    )
    if done.customer_id:
        of_customer = ("list_orders", "refund_history", *(("list_subscriptions",) if "subscription" in known else ()))
        yield _turn(*(_call(name, customer_id=done.customer_id) for name in of_customer))
    order = known.get("order")
    if order is not None:
        names = ("get_order", "get_parcels", "get_refunds", "get_returns")
        yield _turn(*(_call(name, order_id=str(order["id"])) for name in names))
    variants = [str(known[kind]["id"]) for kind in ("variant", "swap") if kind in known]
    if variants:
        yield _turn(*(_call("get_stock", variant_id=variant) for variant in dict.fromkeys(variants)))
    proposal = done.proposal
    reply = proposal.reply.text if proposal and proposal.reply else "handed over"
    work = [_call("do", action=action.model_dump_json()) for action in (proposal.actions if proposal else ())]
    yield _turn(*work, _call("send_reply", ticket_id=ticket.id, text=reply))
    yield AIMessage(content="done")


def _turn(*calls: ToolCall) -> AIMessage:
    return AIMessage(content="", tool_calls=list(calls))


def _call(name: str, **arguments: Any) -> ToolCall:  # Any: JSON arguments of a tool call
    return ToolCall(name=name, args=arguments, id=f"{name}-{next(_NUMBERS)}", type="tool_call")


def peer_tools(world: PeerWorld) -> list[BaseTool]:  # noqa: C901 - small tools, counted as one function
    """The peer's tools: our readers as they are, and writes that only ask."""
    readers = world.readers

    @tool
    def find_customer(email: str) -> str:
        """The customer with this e-mail address."""
        return _text(readers.customers.customer_by_email(email))

    @tool
    def list_orders(customer_id: str) -> str:
        """The customer's orders, newest first."""
        return _text(*readers.orders.orders_of(customer_id, 10))

    @tool
    def get_order(order_id: str) -> str:
        """One order."""
        return _text(readers.orders.order(order_id))

    @tool
    def get_parcels(order_id: str) -> str:
        """The parcels of an order."""
        return _text(*readers.orders.shipments(order_id))

    @tool
    def get_refunds(order_id: str) -> str:
        """Refunds of an order."""
        return _text(*readers.orders.refunds(order_id))

    @tool
    def get_returns(order_id: str) -> str:
        """Returns of an order."""
        return _text(*readers.orders.returns(order_id))

    @tool
    def refund_history(customer_id: str) -> str:
        """Refunds of a customer in the last 90 days."""
        return _text(*readers.orders.refunds_of(customer_id, world.now - timedelta(days=90)))

    @tool
    def list_subscriptions(customer_id: str) -> str:
        """Recurring orders of a customer."""
        return _text(*readers.customers.subscriptions(customer_id))

    @tool
    def get_stock(variant_id: str) -> str:
        """Stock of a variant by location."""
        return _text(*readers.catalog.stock(variant_id))

    @tool
    def search_policies(question: str) -> str:
        """Passages of the policies that answer a question."""
        return _text(*(hit.passage for hit in world.knowledge.search(question, 3, world.now)))

    @tool
    def do(action: str) -> str:
        """Do an action on a ticket, an order or a customer."""
        return "done"

    @tool
    def send_reply(ticket_id: str, text: str) -> str:
        """Send a reply to the customer."""
        return f"sent on {ticket_id}"

    reading = [find_customer, list_orders, refund_history, list_subscriptions, get_order, get_parcels, get_refunds]
    return [*reading, get_returns, get_stock, search_policies, do, send_reply]


def _text(*nouns: object) -> str:
    return json.dumps([noun.model_dump(mode="json") for noun in nouns if noun is not None], default=str)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]


def run_peer(world: PeerWorld, saver: BaseCheckpointSaver[str]) -> Callable[[Ticket, CaseRecord, str], None]:
    """A function that takes one ticket through the agent, up to its pause. Several threads may call it at once."""
    from langchain.agents import create_agent  # pyright: ignore[reportUnknownVariableType] - its state is generic
    from langchain.agents.middleware import HumanInTheLoopMiddleware

    model = ScriptedChat()
    middleware = HumanInTheLoopMiddleware(interrupt_on={"send_reply": True, "do": True})
    agent = create_agent(model, peer_tools(world), system_prompt=PROMPT, middleware=[middleware], checkpointer=saver)

    def run(ticket: Ticket, done: CaseRecord, thread: str) -> None:
        _script.set(script_for(ticket, done))
        message = {"role": "user", "content": f"{ticket.subject}\n{ticket.latest.text}"}
        config = {"configurable": {"thread_id": thread}}
        agent.invoke({"messages": [message]}, config, durability="sync")  # pyright: ignore[reportArgumentType, reportUnknownMemberType]

    return run
