// Improves the admin's pages. Everything here works without it.
"use strict";

// The pricing chain is put into a new order by dragging; without a mouse or this script the arrows do it.
for (const form of document.querySelectorAll("form[data-sortable]")) {
  let dragged = null;
  form.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-id]");
    event.dataTransfer.effectAllowed = "move";
  });
  form.addEventListener("dragover", (event) => {
    const over = event.target.closest("[data-id]");
    if (!dragged || !over || over === dragged) return;
    event.preventDefault();
    const after = event.clientY > over.getBoundingClientRect().top + over.offsetHeight / 2;
    over.parentElement.insertBefore(dragged, after ? over.nextSibling : over);
  });
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    if (dragged) form.requestSubmit();
    dragged = null;
  });
}

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
});
