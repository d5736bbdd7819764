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

// A form is sent once, however often its button is pressed. One that is come back to can be sent again.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// Settings that were changed and not saved are not left by accident.
for (const form of document.querySelectorAll("form.settings")) {
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}
