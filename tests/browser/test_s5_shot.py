import sys
from pathlib import Path
from tests.browser.test_sidecar import *
def test_shots(browser, site):
    Path("/tmp/shots").mkdir(exist_ok=True)
    a=site.case(); b=site.case("exchange_ok","damaged_item")
    for scheme in ("light","dark"):
        ctx=browser.new_context(viewport={"width":1280,"height":900}, color_scheme=scheme); p=ctx.new_page()
        beside(p, site, a); p.wait_for_timeout(400); p.screenshot(path=f"/tmp/shots/s5_host_{scheme}.png")
        for name,rec in (("a",a),("b",b)):
            q=ctx.new_page(); q.set_viewport_size({"width":360,"height":900})
            t=site.house.embed.sign(rec.helpdesk, rec.ticket_id, "noor")
            q.goto(f"{site.address}/sidecar?ticket={rec.ticket_id}&token={t}"); q.wait_for_timeout(500)
            q.screenshot(path=f"/tmp/shots/s5_{name}_{scheme}.png", full_page=True)
            q.click("#sources summary"); q.screenshot(path=f"/tmp/shots/s5_{name}_{scheme}_open.png", full_page=True)
        ctx.close()
