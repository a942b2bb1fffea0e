"use strict";
// The buttons are plain forms and work without this file, which keeps the
// page true while the card is used and moved from elsewhere.
const $ = (id) => document.getElementById(id);

const silent = "Il simulatore della carta non risponde: riavviare raccordo-sim.";

// A live region is announced whenever it is written, changed or not.
function write(id, value) {
  const text = String(value);
  if ($(id).textContent !== text) $(id).textContent = text;
}

function show(state) {
  write("place", state.inserted ? "nel lettore" : "fuori dal lettore");
  write("tries", state.tries_left);
  $("blocked").hidden = !state.blocked;
  if (state.signs) {
    write("sign-tries", state.sign_tries_left);
    $("sign-blocked").hidden = !state.sign_blocked;
    $("block-sign").disabled = state.sign_blocked;
  }
  write("signatures", state.signatures);
  write("apdus", state.apdus);
  $("insert").disabled = state.inserted;
  $("remove").disabled = !state.inserted;
  $("block").disabled = state.blocked;
  if (document.activeElement !== $("ms")) $("ms").value = state.delay_ms;
}

function complain(text) {
  write("problem", text);
  $("problem").hidden = text === "";
}

async function refresh() {
  try {
    show(await (await fetch("state", { cache: "no-store" })).json());
    if ($("problem").textContent === silent) complain("");
  } catch {
    complain(silent);
  }
}

for (const form of document.forms) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new URLSearchParams(new FormData(form)),
      });
      const result = await answer.json();
      complain(answer.ok ? "" : result.messaggio);
      if (answer.ok) show(result);
    } catch {
      complain(silent);
    }
  });
}

setInterval(refresh, 500);
