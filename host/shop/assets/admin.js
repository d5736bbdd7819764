// Improves the admin's pages. Everything here works without it.
"use strict";

// The pricing chain is put into a new order by dragging; without a mouse or this script the arrows do it.
for (const form of document.querySelectorAll("form[data-sortable]")) {
  let dragged = null;
  form.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-id]");
    dragged?.classList.add("dragged");
    event.dataTransfer.effectAllowed = "move";
  });
  form.addEventListener("dragover", (event) => {
    const over = event.target.closest("[data-id]");
    if (!dragged) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    if (!over || over === dragged) return;
    const box = over.getBoundingClientRect();
    over.parentElement.insertBefore(dragged, event.clientY > box.top + box.height / 2 ? over.nextSibling : over);
  });
  form.addEventListener("dragend", () => {
    dragged?.classList.remove("dragged");
    dragged = null;
  });
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    if (dragged) form.requestSubmit();
  });
}

// A form is sent once, however often its button is pressed. One that is come back to can be sent again. A button that leads
// back to its own page, such as an arrow or a switch, has the focus there once more.
const focusKey = "focus";
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
  const label = event.submitter?.getAttribute("aria-label");
  if (label) sessionStorage.setItem(focusKey, JSON.stringify([location.pathname, label]));
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
const [page, label] = JSON.parse(sessionStorage.getItem(focusKey) ?? "[]");
sessionStorage.removeItem(focusKey);
if (page === location.pathname) {
  const button = document.querySelector(`main button[aria-label="${CSS.escape(label)}"]`);
  // At the end of its way the arrow is off; the other one is beside it.
  (button?.disabled ? button.parentElement.querySelector("button:not([disabled])") : button)?.focus();
}

// On a phone the menu is wider than the page: where somebody is stays in view.
const here = document.querySelector(".admin-nav [aria-current]");
if (here) here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.offsetLeft - 24;

// Long lists of boxes are searched.
for (const field of document.querySelectorAll("[data-finds]")) {
  const boxes = document.getElementById(field.dataset.finds).querySelectorAll("label");
  field.hidden = false;
  field.addEventListener("input", () => {
    const words = field.value.trim().toLowerCase();
    for (const box of boxes) box.hidden = !box.textContent.toLowerCase().includes(words);
  });
  field.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}

// Settings that were changed and not saved are not left by accident.
for (const form of document.querySelectorAll("form.settings")) {
  let changed = form.dataset.unsaved !== undefined;
  form.addEventListener("input", (event) => { if (event.target.name) changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}
