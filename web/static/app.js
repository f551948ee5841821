// What htmx cannot do: Enter to send, drafts that survive, a ticking clock, focus, and mending a broken line.
// Every page works without this file; it only makes the meeting smoother.
(() => {
  "use strict";

  const root = document.documentElement;
  root.classList.add("js");
  if (window.htmx) root.classList.add("htmx");

  const WAITS_MS = [1000, 2000, 4000]; // before each try to fetch a reply whose stream broke
  const DRAFT_DAYS = 7;

  const find = (selector) => document.querySelector(selector);
  const form = () => find("#say");
  const box = () => find("#text");
  const pending = () => find("#reply .turn-pending");

  let sent = null; // the message being handed over, until the server has it
  let tries = 0; // to fetch a reply whose stream broke

  // -- drafts: no typed word is lost ---------------------------------------------------------------------------------

  const drafts = {
    name: (id) => `twenty-minutes:${id}`,
    get(id) {
      try { return JSON.parse(localStorage.getItem(this.name(id)) || "null"); } catch { return null; }
    },
    set(id, draft) {
      try {
        if (draft.text) localStorage.setItem(this.name(id), JSON.stringify({ ...draft, time: Date.now() }));
        else localStorage.removeItem(this.name(id));
      } catch { /* private windows have no storage: the box itself still holds the words */ }
    },
    drop(id) { this.set(id, { text: "" }); },
    // Those of some sessions, or of all: whoever sits here next is not to find them.
    forget(sessions) {
      const ids = sessions.split(" ");
      try {
        for (const name of Object.keys(localStorage)) {
          if (name.startsWith("twenty-minutes:") && (sessions === "all" || ids.some((id) => id && name.endsWith(`-${id}`)))) localStorage.removeItem(name);
        }
      } catch { /* as above */ }
    },
    prune() {
      try {
        for (const name of Object.keys(localStorage)) {
          if (!name.startsWith("twenty-minutes:")) continue;
          const time = JSON.parse(localStorage.getItem(name)).time || 0;
          if (Date.now() - time > DRAFT_DAYS * 86400000) localStorage.removeItem(name);
        }
      } catch { /* as above */ }
    },
  };

  function arrived(draft) {
    if (draft.key && find(`.turn[data-key="${CSS.escape(draft.key)}"]`)) return true;
    const said = [...document.querySelectorAll("#log .turn-learner .turn-words")].pop();
    return Boolean(said) && said.textContent.trim() === draft.text.trim();
  }

  function restore(field) {
    const id = field.dataset.draft;
    const draft = drafts.get(id);
    if (!draft || field.value) return;
    if (field.id === "text" && arrived(draft)) { drafts.drop(id); return; }
    field.value = draft.text;
    // The old key with the old words: should they have arrived after all, sending them again adds nothing.
    const key = find("#key");
    if (field.id === "text" && key && draft.key) key.value = draft.key;
  }

  function showUnsent() {
    const place = find("[data-unsent]");
    if (!place || place.textContent) return;
    const draft = drafts.get(place.dataset.unsent);
    if (!draft || arrived(draft)) return;
    place.textContent = draft.text;
    place.closest(".unsent").hidden = false;
  }

  // Beside what is saved while it is typed stands whether it is.
  function saved(element) {
    const place = element.closest("[hx-trigger^=input]")?.getAttribute("hx-target");
    return place ? find(place) : null;
  }

  document.addEventListener("input", (event) => {
    const field = event.target;
    const place = saved(field);
    if (place) place.textContent = "";
    if (!field.dataset.draft) return;
    const key = field.id === "text" ? find("#key").value : undefined;
    drafts.set(field.dataset.draft, { text: field.value, key });
  });

  // -- the box: Enter sends, but never half a word while an input method composes one ----------------------------------

  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "Enter" || (field.id !== "text" && field.name !== "question")) return;
    if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (field.name === "question") nextQuestion(field);
    else if (field.value.trim()) form().requestSubmit();
  });

  function nextQuestion(field) {
    const lines = [...document.querySelectorAll("[name=question]")];
    const next = lines[lines.indexOf(field) + 1];
    if (next) next.focus();
    else find("#more-lines").click();
  }

  function say(text) { find("#presence").textContent = text; }

  function alarm(text, label, action) {
    const place = find("#problem");
    const line = document.createElement("p");
    line.textContent = text;
    place.replaceChildren(line);
    if (!label) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button small";
    button.textContent = label;
    button.addEventListener("click", () => { place.replaceChildren(); action(); });
    place.append(button);
  }

  document.addEventListener("submit", (event) => {
    const target = event.target;
    if (target.id === "say" && !event.submitter?.hasAttribute("formaction")) {
      if (pending() || sent) {
        event.preventDefault();
        event.stopImmediatePropagation();
        say(`${target.dataset.contact} is still answering. Your words stay in the box.`);
      }
      return;
    }
    if (target.dataset.forget) drafts.forget(target.dataset.forget);
    // A second click on a button that opens or deletes something would do it twice.
    if (target.matches("[hx-post]")) return;
    if (target.dataset.sent) event.preventDefault();
    target.dataset.sent = "yes";
    setTimeout(() => delete target.dataset.sent, 3000);
  }, true);

  // -- a reply on its way -----------------------------------------------------------------------------------------------

  document.addEventListener("htmx:before:request", (event) => {
    if (event.target.id === "say") sent = { key: find("#key").value, text: box().value };
  });

  document.addEventListener("htmx:after:swap", () => {
    showUnsent();
    if (!sent || !find(`.turn[data-key="${CSS.escape(sent.key)}"]`)) return;
    const field = box();
    if (field) {
      // Whatever was typed on since then stays.
      field.value = field.value.startsWith(sent.text) ? field.value.slice(sent.text.length).trimStart() : field.value;
      drafts.set(field.dataset.draft, { text: field.value, key: find("#key").value });
      if (document.activeElement === document.body || document.activeElement?.closest("#say")) field.focus();
    }
    find(".scroller").scrollTop = 0; // the newest words: the conversation is laid out from its end
    sent = null;
  });

  document.addEventListener("htmx:error", (event) => {
    const place = saved(event.target);
    if (place) place.textContent = "Not saved: the server could not be reached. Your words are still here.";
    if (event.target.id !== "say" || !sent) return;
    alarm("The server could not be reached. Your words are still in the box.", "Send again", () => form().requestSubmit());
  });

  // The stream is over. Were the reply finished, nothing would be pending any more.
  document.addEventListener("htmx:finally:request", (event) => {
    if (event.target.id !== "say" && event.target.id !== "resume") return;
    sent = null;
    const waiting = pending();
    if (!waiting) { tries = 0; return; }
    if (waiting.classList.contains("stuck")) { say(""); return; }
    if (tries < WAITS_MS.length) {
      setTimeout(() => find("#resume")?.requestSubmit(), WAITS_MS[tries++]);
      return;
    }
    waiting.classList.add("stuck");
    say("");
    alarm("The connection broke while the reply was on its way. Your words are kept.", "Get the reply", () => {
      waiting.classList.remove("stuck");
      tries = 0;
      find("#resume").requestSubmit();
    });
  });

  document.addEventListener("htmx:after:request", (event) => {
    const field = box();
    const ended = event.target.formAction?.endsWith("/end") && event.detail.ctx.response.status < 400;
    if (ended && field) drafts.drop(field.dataset.draft);
  });

  // -- a link that is shown once: one click copies it ----------------------------------------------------------------------

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const field = find(button.dataset.copy);
    field.select();
    try { await navigator.clipboard.writeText(field.value); } catch { document.execCommand("copy"); }
    find(button.dataset.told).textContent = "Copied";
  });

  // -- a file that is too large is told before it travels; the server looks at what it is ----------------------------------

  document.addEventListener("change", (event) => {
    const field = event.target.closest?.("input[type=file][data-most]");
    if (!field) return;
    const most = Number(field.dataset.most);
    const file = [...field.files].find((one) => one.size > most);
    field.setCustomValidity(file ? `“${file.name}” has ${(file.size / 1e6).toFixed(1)} MB; at most ${most / 1e6} MB are taken.` : "");
    field.reportValidity();
  });

  // -- the clock on the wall --------------------------------------------------------------------------------------------

  function tick() {
    const share = find(".dial-share[data-elapsed]");
    if (!share) return;
    share.dataset.since ||= Date.now();
    const seconds = Number(share.dataset.elapsed) + (Date.now() - Number(share.dataset.since)) / 1000;
    share.setAttribute("stroke-dasharray", `${Math.min(100, (100 * seconds) / Number(share.dataset.agreed))} 100`);
    find("[data-minutes]").textContent = String(Math.round(seconds / 60));
  }

  // A new workshop's times are meant in the zone of whoever sets them; the field says so and can be changed.
  function ownZone() {
    const field = find("select[data-zone]");
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (field && field.value === "UTC" && [...field.options].some((o) => o.value === zone)) field.value = zone;
  }

  ownZone();
  drafts.prune();
  document.querySelectorAll("[data-over]").forEach((place) => drafts.forget(place.dataset.over)); // its note is decided on
  document.querySelectorAll("[data-draft]").forEach(restore);
  showUnsent();
  setInterval(tick, 1000);
})();
