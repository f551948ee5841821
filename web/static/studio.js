// The studio without waiting: what htmx brings is put beside the fields it is about, and nothing that was typed gets lost between
// two requests. The page works without this file.
(() => {
  "use strict";

  const form = document.querySelector("#studio");
  if (!form) return;

  const version = () => form.querySelector("[name=version]").value;
  const ours = (event) => form.contains(event.target);
  const running = new Set();

  let rows = 0; // how often rows came or went: a request that was filled in before that names rows by their old numbers
  let leaving = false;
  let waiting = null; // a button of the whole form that waits for the request before it
  let open = [];
  let added = "";

  // The form and the file beside it. An answer to what was typed on one side writes the other anew, so while something typed on one
  // side is under way, the other can be read and not changed: a word typed there would be written over.
  const sides = ["fields", "file"].map((id) => ({ id, typed: 0, sent: 0, settled: 0 }));
  const sideOf = (element) => sides.find((side) => element.closest(`#${side.id}`));

  function rest() {
    for (const side of sides) {
      const busy = sides.some((other) => other !== side && other.typed !== other.settled);
      for (const field of form.querySelectorAll(`#${side.id} :is(input, textarea)`)) field.readOnly = busy;
    }
  }

  form.addEventListener("input", (event) => {
    const side = sideOf(event.target);
    if (!side) return;
    side.typed += 1;
    rest();
  });

  document.addEventListener("htmx:config:request", (event) => {
    const ctx = event.detail.ctx;
    if (!ours(event)) return;
    const side = event.target.matches("#fields, #file") ? sideOf(event.target) : null;
    // Typing sends after a pause and leaving the field sends at once: whichever comes second has nothing new to say.
    if (leaving || (side && side.sent === side.typed)) { event.preventDefault(); return; }
    ctx.studioRows = rows;
    ctx.studioSide = side;
    if (side) side.sent = ctx.studioTyped = side.typed;
    running.add(ctx);
  });

  // A request may have waited for the one before it, which made a new draft: it goes on from there.
  document.addEventListener("htmx:before:request", (event) => {
    const ctx = event.detail.ctx;
    if (!running.has(ctx)) return;
    if (leaving || ctx.studioRows !== rows) { event.preventDefault(); return; }
    const body = ctx.request.body;
    body.set("version", version());
    added = body.get("do") || "";
    if (added) rows += 1;
  });

  document.addEventListener("htmx:finally:request", (event) => {
    const ctx = event.detail.ctx;
    const side = running.delete(ctx) && ctx.studioSide;
    if (side) {
      side.settled = ctx.studioTyped;
      if (!(ctx.response?.status < 400)) side.sent = -1; // it is to be sent again
      rest();
    }
    if (running.size || !waiting) return;
    const button = waiting;
    waiting = null;
    delete form.dataset.sent; // this is not a second click
    form.requestSubmit(button.isConnected ? button : null);
  });

  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (running.size) {
      event.preventDefault();
      waiting = event.submitter;
      return;
    }
    leaving = true;
  });
  window.addEventListener("pageshow", () => { leaving = false; });

  document.addEventListener("htmx:before:swap", () => {
    open = [...form.querySelectorAll("details[open][id]")].map((details) => details.id);
  });

  document.addEventListener("htmx:after:swap", () => {
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    tell();
    const place = { "add:private": "[name^='private['][name$='.topic']", "add:referrals": "[name^='referrals['][name$='.name']", "add:topic": ".studio-topic[open] textarea" }[added];
    const fields = place ? [...form.querySelectorAll(place)] : [];
    if (fields.length) fields[fields.length - 1].focus();
    added = "";
  });

  // What the check says stands beside the field it is about, too.
  function tell() {
    const said = {};
    for (const line of form.querySelectorAll("#state [data-field]")) {
      const words = line.querySelector(".check-words").textContent;
      if (line.dataset.field) said[line.dataset.field] = [said[line.dataset.field], words].filter(Boolean).join(" ");
    }
    for (const place of form.querySelectorAll(".field-problem")) {
      const id = place.id.replace(/-problem$/, "");
      place.textContent = said[id] || "";
      const field = document.getElementById(id);
      if (!field?.matches("input, select, textarea")) continue;
      if (said[id]) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
  }

  form.addEventListener("input", () => { form.querySelector("#state .saved").textContent = ""; });

  document.addEventListener("htmx:after:request", (event) => {
    if (running.has(event.detail.ctx) && event.detail.ctx.response?.status < 400) document.querySelector("#problem").replaceChildren();
  });

  document.addEventListener("htmx:error", (event) => {
    if (!running.has(event.detail.ctx)) return;
    document.querySelector("#problem").textContent = "Not saved: the server could not be reached. Your words are still here.";
  });

  // A link of the check leads to its field even where that lies in something folded.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#f-']");
    const field = link && document.getElementById(link.getAttribute("href").slice(1));
    if (!field) return;
    event.preventDefault();
    for (let at = field.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
    field.scrollIntoView({ block: "center" });
    field.focus({ preventScroll: true });
  });
})();
