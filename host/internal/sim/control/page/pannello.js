"use strict";
// The forms are plain and work without this file, which keeps the page true
// while the region is used, and where it is when a button is pressed.
const $ = (id) => document.getElementById(id);

const silent = "Il simulatore non risponde: riavviare raccordo-sim.";

// A live region is announced whenever it is written, changed or not.
function write(element, value) {
  const text = String(value);
  if (element.textContent !== text) element.textContent = text;
}

function list(faults) {
  const shown = [...$("attivi").children].map((item) => item.textContent);
  const wanted = faults.map((fault) => fault.testo);
  if (shown.join("\n") === wanted.join("\n")) return;
  $("attivi").replaceChildren(...wanted.map((text) => {
    const item = document.createElement("li");
    item.textContent = text;
    return item;
  }));
  $("nessuno").hidden = wanted.length > 0;
}

function ordered(texts) {
  if ([...$("rifiuti").children].map((item) => item.textContent).join("\n") === texts.join("\n")) return;
  $("rifiuti").replaceChildren(...texts.map((text) => {
    const item = document.createElement("li");
    item.textContent = text;
    return item;
  }));
}

function show(state) {
  list(state.guasti);
  write($("spenta"), state.spenta ? "spenta" : "accesa");
  write($("caos"), state.caos_testo);
  ordered(state.rifiuti);
  write($("sessioni"), state.sessioni);
  write($("accessi"), state.accessi);
  for (const name of ["completi", "ripresi", "falliti"]) write($(name), state.handshake[name]);
  for (const cell of document.querySelectorAll("[data-servizio]")) write(cell, state.richieste[cell.dataset.servizio] ?? 0);
}

function complain(text) {
  write($("problema"), text);
  $("problema").hidden = text === "";
}

async function refresh() {
  try {
    show(await (await fetch("/v1/stato", { cache: "no-store" })).json());
    if ($("problema").textContent === silent) complain("");
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

setInterval(refresh, 1000);
