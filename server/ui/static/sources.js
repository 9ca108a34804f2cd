// Where a part of a draft comes from: shown while it has the focus or the pointer; opening it is a second step.
const anchored = CSS.supports("position-area: bottom");
let open = null;
let closing = 0;

function place(card, span) {
  if (anchored) return;
  const box = span.getBoundingClientRect();
  card.style.left = `${Math.max(8, Math.min(box.left, innerWidth - card.offsetWidth - 8))}px`;
  card.style.top = box.bottom + card.offsetHeight + 8 > innerHeight
    ? `${Math.max(8, box.top - card.offsetHeight - 4)}px` : `${box.bottom + 4}px`;
  card.style.margin = "0";
}

function show(span) {
  const card = document.getElementById(span.getAttribute("popovertarget"));
  clearTimeout(closing);
  if (!card || card === open) return;
  open?.hidePopover();
  card.showPopover({ source: span });
  place(card, span);
  open = card;
}

const later = () => { clearTimeout(closing); closing = setTimeout(() => { open?.hidePopover(); open = null; }, 180); };

export function watchSources(root) {
  root.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const span = event.target.closest("button[popovertarget]");
    if (span) show(span);
    else if (open && open.contains(event.target)) clearTimeout(closing);
    else if (open && !open.contains(document.activeElement)) later();
  });
  root.addEventListener("focusin", (event) => {
    const span = event.target.closest("button[popovertarget]");
    if (span && span.matches(":focus-visible")) show(span);
  });
  root.addEventListener("toggle", (event) => {
    if (event.newState === "open") open = event.target;
    else if (open === event.target) open = null;
  }, true);
  root.addEventListener("click", (event) => {
    const link = event.target.closest("[data-opens-source]");
    const target = link?.getAttribute("href").startsWith("#") && document.getElementById(link.getAttribute("href").slice(1));
    if (!target) return;
    event.preventDefault();
    open?.hidePopover();
    for (let up = target.closest("details"); up; up = up.parentElement.closest("details")) up.open = true;
    target.querySelector("details")?.setAttribute("open", "");
    target.setAttribute("tabindex", "-1");
    target.scrollIntoView({ block: "center" });
    target.focus();
    target.classList.add("found");
    setTimeout(() => target.classList.remove("found"), 1600);
  });
}
