from __future__ import annotations

from pathlib import Path

from tests.agent.reasoners.example import rendered, written

for name, messages in rendered().items():
    Path(__file__).with_name(f"{name}.md").write_text(written(messages), encoding="utf-8")
