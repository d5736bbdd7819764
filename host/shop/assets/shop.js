// Improves the storefront's pages. Everything here works without it.
"use strict";

// --- The server's clock. The page says what time it was when it was made; from there a monotonic clock counts, so a wrong
// or a changed device clock does not matter.
const madeAt = Number(document.body.dataset.now);
const loadedAt = performance.getEntriesByType("navigation")[0]?.responseStart ?? 0;
const now = () => madeAt + (performance.now() - loadedAt);
const announce = (text) => { document.getElementById("announcer").textContent = text; };

// --- Parts of a page, fetched again and put in place of the old ones. Focus stays where it was.
function swap(html, ids) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const focus = document.activeElement?.id;
  for (const id of ids) {
    const [old, next] = [document.getElementById(id), fresh.getElementById(id)];
    if (old && next) old.replaceWith(next);
  }
  if (focus && document.activeElement?.id !== focus) document.getElementById(focus)?.focus();
  start();
}

let latest = 0;
async function refresh(url, options, ids) {
  const turn = ++latest;
  const response = await fetch(url, { ...options, headers: { "X-Fragment": ids.join(" ") } });
  if (turn !== latest) return;
  if (response.redirected && new URL(response.url).pathname !== location.pathname) {
    location.assign(response.url);
    return;
  }
  swap(await response.text(), ids);
}

const body = (form, button) => {
  const data = new URLSearchParams(new FormData(form));
  if (button?.name) data.set(button.name, button.value);
  return data;
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.fragment) {
    event.preventDefault();
    refresh(form.action, { method: form.method, body: body(form, event.submitter) }, form.dataset.fragment.split(" "))
      .catch(() => form.submit());
  } else if (form.method === "post") {
    // A second press of the button is not a second order.
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  }
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

// --- Checkout: recalculated when something that matters changes. What is typed stays.
let pause;
function recalculate(event) {
  const form = event.target.closest?.("form[data-live]");
  const when = event.target.closest?.("[data-recalculate]");
  if (!form || !when) return;
  clearTimeout(pause);
  pause = setTimeout(() => {
    const data = body(form);
    data.set("action", "recalculate");
    refresh(form.action, { method: "post", body: data }, form.dataset.live.split(" ")).catch(() => {});
  }, event.type === "input" ? 500 : 0);
}
document.addEventListener("input", recalculate);
document.addEventListener("change", recalculate);

// --- A slider beside its number.
document.addEventListener("input", ({ target }) => {
  const other = target.dataset.mirrors
    ? document.getElementById(target.dataset.mirrors)
    : document.querySelector(`[data-mirrors="${CSS.escape(target.id || "-")}"]`);
  if (other && other !== target) other.value = target.value;
});

// --- Countdowns.
const span = (left) => {
  const seconds = Math.max(0, Math.ceil(left / 1000));
  const [days, hours, minutes] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  const two = (number) => String(number).padStart(2, "0");
  return `${days ? `${days}d ` : ""}${two(hours)}:${two(minutes)}:${two(seconds % 60)}`;
};
const spoken = [3600, 600, 60, 10];

function count() {
  for (const timer of document.querySelectorAll("[data-countdown]:not([data-done])")) {
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
      announce(timer.dataset.over);
      const ids = [...document.querySelectorAll("[data-priced]")].map((part) => part.id);
      refresh(location.href, {}, ids).catch(() => location.reload());
    }
  }
}

function start() {
  document.querySelectorAll("[data-mirrors][hidden]").forEach((slider) => { slider.hidden = false; });
  document.querySelectorAll("[data-no-script]").forEach((part) => { part.hidden = true; });
  count();
}
start();
document.querySelector("[aria-invalid=true]")?.focus();
if (document.querySelector("[data-countdown]")) setInterval(count, 250);
