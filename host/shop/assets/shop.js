// Improves the storefront's pages. Everything here works without it.
"use strict";

// --- The server's clock. A page says what time it was when it was made; from there a monotonic clock counts, so a wrong or
// a changed device clock does not matter.
let ahead = Number(document.body.dataset.now) - (performance.getEntriesByType("navigation")[0]?.responseStart ?? 0);
const now = () => ahead + performance.now();
const announce = (text) => { document.getElementById("announcer").textContent = text; };

// --- Parts of a page, fetched again and put in place of the old ones. Focus, and what was typed meanwhile, stay.
const isTouched = (input) => input.type === "radio" || input.type === "checkbox"
  ? input.checked !== input.defaultChecked
  : input.value !== (input.options ? [...input.options].find((option) => option.defaultSelected)?.value : input.defaultValue);

function keepTyped(old, next, sent) {
  for (const input of old.querySelectorAll("input:not([type=hidden]), select")) {
    const isBox = input.type === "radio" || input.type === "checkbox";
    // What was sent is the server's to answer, unless it has been changed again since.
    if (sent ? (isBox ? input.checked === sent.getAll(input.name).includes(input.value) : !sent.has(input.name) || sent.get(input.name) === input.value) : !isTouched(input)) continue;
    const twin = next.querySelector(input.id ? `#${CSS.escape(input.id)}` : `[name="${CSS.escape(input.name)}"][value="${CSS.escape(input.value)}"]`);
    if (twin && isBox) twin.checked = input.checked;
    else if (twin) twin.value = input.value;
  }
}

function swap(fresh, ids, sent) {
  for (const id of ids) {
    const [old, next] = [document.getElementById(id), fresh.getElementById(id)];
    if (!old || !next) continue;
    const focus = old.contains(document.activeElement) ? document.activeElement : null;
    keepTyped(old, next, sent);
    for (const details of old.querySelectorAll("details[open]")) {
      const twin = next.querySelector(["details", ...details.classList].join("."));
      if (twin) twin.open = true;
    }
    const at = focus?.selectionStart;
    old.replaceWith(next);
    if (next.dataset.says && next.dataset.says !== old.dataset.says) announce(next.dataset.says);
    const again = focus && (focus.id ? document.getElementById(focus.id) : focus.name && next.querySelector(`[name="${CSS.escape(focus.name)}"]`));
    if (again) {
      again.focus({ preventScroll: true });
      if (at != null && again.type === "text") again.setSelectionRange(at, at);
    }
  }
  start();
}

let latest = 0;
async function refresh(url, options, ids) {
  const turn = ++latest;
  const response = await fetch(url, { ...options, headers: { "X-Fragment": ids.join(" ") } });
  const answered = performance.now();
  if (response.status >= 500) throw new Error(response.statusText);
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  if (turn !== latest) return;
  if (response.redirected && new URL(response.url).pathname !== location.pathname) {
    location.assign(response.url);
  } else {
    if (fresh.body.dataset.now) ahead = Number(fresh.body.dataset.now) - answered;
    swap(fresh, ids, options.body);
  }
}

// Whatever shows prices, as they are now. Where the shop cannot be reached it is asked again later, less and less often, and
// the page stays: what was typed into it is worth more.
let wait = 0;
let retry;
function reprice() {
  clearTimeout(retry);
  const parts = document.querySelectorAll("[data-priced]");
  if (parts.length) refresh(location.href, {}, [...parts].map((part) => part.id)).then(() => { wait = 0; }, () => {
    wait = Math.min(wait * 2 || 1000, 60000);
    retry = setTimeout(reprice, wait);
  });
}
addEventListener("online", () => { if (wait) reprice(); });

const body = (form, button) => {
  const data = new URLSearchParams(new FormData(form));
  if (button?.name) data.set(button.name, button.value);
  return data;
};

// Where a form is sent. Its property `action` is hidden by buttons of that name.
const target = (form) => form.getAttribute("action");

function recalculate(form) {
  const data = body(form);
  data.set("action", "recalculate");
  return refresh(target(form), { method: "post", body: data }, form.dataset.live.split(" ")).catch(() => {});
}

document.addEventListener("submit", (event) => {
  const [form, button] = [event.target, event.submitter];
  if (form.dataset.live && button?.dataset.recalculates !== undefined) {
    event.preventDefault();
    recalculate(form);
  } else if (form.dataset.fragment) {
    event.preventDefault();
    refresh(target(form), { method: form.method, body: body(form, button) }, form.dataset.fragment.split(" "))
      .catch(() => form.submit());
  } else if (form.method === "post") {
    // A second press of the button is not a second order.
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    button?.setAttribute("aria-busy", "true");
  }
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
});

// Whoever signs in on the way to an order finds again what they had typed, by whatever link they go.
document.addEventListener("click", (event) => {
  const keep = event.target.closest("a[href^='/sign-in']") && document.querySelector("#checkout [value=sign-in]");
  if (keep) {
    event.preventDefault();
    keep.click();
  }
});

// --- What depends on a field follows it: on change, and on input too, because browsers that fill in forms may send either.
let pause;
function changed({ target, type }) {
  const wait = type === "input" && target.type !== "radio" && target.type !== "checkbox" ? 500 : 0;
  if (target.dataset?.recalculate !== undefined && target.form?.dataset.live) {
    clearTimeout(pause);
    pause = setTimeout(() => recalculate(target.form), wait);
  } else if (type === "change" && target.form?.dataset.auto !== undefined) {
    target.form.requestSubmit();
  } else if (type === "change" && target.dataset?.load) {
    history.replaceState(null, "", target.dataset.load);
    refresh(target.dataset.load, {}, target.dataset.parts.split(" ")).catch(() => {});
  }
}
document.addEventListener("input", changed);
document.addEventListener("change", changed);

// --- A slider beside its number, and buttons for one more or one fewer.
document.addEventListener("input", ({ target }) => {
  const other = target.dataset.mirrors
    ? document.getElementById(target.dataset.mirrors)
    : document.querySelector(`[data-mirrors="${CSS.escape(target.id || "-")}"]`);
  if (other) other.value = target.value;
});

function addSteps(box) {
  const input = box.querySelector("input");
  const button = (sign, label, step) => {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "step-button", textContent: sign });
    made.setAttribute("aria-label", `${label}: ${box.querySelector("label").textContent}`);
    made.id = `${input.id}${label.slice(4)}`;
    made.onclick = () => {
      step();
      input.dispatchEvent(new Event("change", { bubbles: true }));
    };
    return made;
  };
  box.prepend(button("−", "One fewer", () => input.stepDown()));
  box.append(button("+", "One more", () => input.stepUp()));
}

// --- Countdowns.
const span = (left) => {
  const seconds = Math.max(0, Math.ceil(left / 1000));
  const [days, hours, minutes] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  const two = (number) => String(number).padStart(2, "0");
  return `${days ? `${days}d ` : ""}${two(hours)}:${two(minutes)}:${two(seconds % 60)}`;
};
const spoken = [3600, 600, 60, 10];
let drift = Date.now() - performance.now();

function count() {
  const timers = document.querySelectorAll("[data-countdown]:not([data-done])");
  // A device that slept may have stopped the monotonic clock: then the server is asked what time it is.
  const apart = Date.now() - performance.now();
  const slept = Math.abs(apart - drift) > 2000;
  drift = apart;
  if (slept && timers.length) return reprice();
  for (const timer of timers) {
    const left = Number(timer.dataset.ends) - now();
    const digits = timer.querySelector("[role=timer]");
    digits.hidden = false;
    digits.textContent = span(left);
    const mark = spoken.find((seconds) => Math.ceil(left / 1000) === seconds);
    if (mark && timer.dataset.spoken !== String(mark)) {
      timer.dataset.spoken = String(mark);
      announce(`${timer.querySelector("strong").textContent}: ${mark >= 60 ? `${mark / 60} minutes` : `${mark} seconds`} left`);
    }
    if (left <= 0) {
      timer.dataset.done = "1";
      timer.classList.add("timer-over");
      timer.textContent = timer.dataset.over;
      announce(timer.dataset.over);
      reprice();
    }
  }
}

function start() {
  for (const slider of document.querySelectorAll("[data-mirrors][hidden]")) slider.hidden = false;
  for (const part of document.querySelectorAll("[data-no-script]")) part.hidden = true;
  for (const box of document.querySelectorAll(".quantity:not(:has(button))")) addSteps(box);
  count();
}
start();
(document.querySelector("[aria-invalid=true]") ?? document.querySelector("[role=alert]"))?.focus();
setInterval(count, 250);

// --- What comes a moment after the page, such as an offer that is made once the order is paid.
// It is asked for a few times, with growing pauses.
function later(id, pause, times) {
  setTimeout(async () => {
    await refresh(location.href, {}, [id]).catch(() => {});
    if (times > 1 && document.getElementById(id)?.dataset.again) later(id, pause * 2, times - 1);
  }, pause);
}
for (const { id, dataset } of document.querySelectorAll("[data-again]")) later(id, Number(dataset.again), 5);
