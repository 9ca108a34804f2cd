"""The console: every page and its files, added to the application with one call."""

from __future__ import annotations

import os

from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles

from server.pages import (
    account,
    approvals,
    audit,
    cases,
    evaluations,
    figures,
    here,
    inbox,
    knowledge,
    login,
    people,
    playbooks,
    provider,
    reference,
    runs,
    settings,
    setup,
    theme,
)
from server.pages.shell import in_shop_words
from server.ui.rendering import STATIC


class VersionedFiles(StaticFiles):
    """Files whose address may begin with the version of all of them; a page that is open longer gets today's."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """The file behind the version."""
        first, _, rest = path.partition("/")
        return super().lookup_path(rest if first.startswith("v-") else path)


def add_console(app: FastAPI) -> None:
    """Every page of the console, and what it looks like."""
    app.mount("/static", VersionedFiles(directory=STATIC), name="static")
    pages = (
        theme,
        inbox,
        cases,
        here,
        approvals,
        knowledge,
        playbooks,
        runs,
        audit,
        settings,
        figures,
        evaluations,
        reference,
        login,
        provider,
        setup,
        account,
        people,
    )
    for part in pages:
        app.include_router(part.router, include_in_schema=False, dependencies=[Depends(in_shop_words)])
