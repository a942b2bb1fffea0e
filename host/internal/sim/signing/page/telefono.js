"use strict";
// The page is whole without this file, which adds what arrives while it is open.
const $ = (id) => document.getElementById(id);

function bubble(message) {
  const item = document.createElement("li");
  item.dataset.chiave = message.chiave;
  const line = (kind, ...parts) => {
    const p = document.createElement("p");
    if (kind) p.className = kind;
    p.append(...parts);
    item.append(p);
  };
  const from = document.createElement("strong");
  from.textContent = "Firma remota simulata";
  const time = document.createElement("time");
  time.dateTime = message.quando;
  time.textContent = message.ora;
  line("chi", from, " ", time);
  line("", message.testo);
  line("codice", message.codice);
  line("chi", `A ${message.nome}, ${message.telefono}`);
  return item;
}

function question(asked) {
  const item = document.createElement("li");
  item.dataset.chiave = asked.domanda;
  const text = document.createElement("p");
  text.textContent = asked.testo;
  const to = document.createElement("p");
  to.className = "chi";
  to.textContent = `A ${asked.nome}`;
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/otp/conferma";
  const id = document.createElement("input");
  id.type = "hidden";
  id.name = "domanda";
  id.value = asked.domanda;
  const button = (value, label, kind) => {
    const b = document.createElement("button");
    b.name = "risposta";
    b.value = value;
    b.textContent = label;
    if (kind) b.className = kind;
    return b;
  };
  form.append(id, button("si", "Conferma", "piena"), " ", button("no", "Rifiuta", ""));
  item.append(text, to, form);
  return item;
}

function show(phone) {
  const asked = phone.domande.map((each) => each.domanda).join();
  if ([...$("domande").children].map((item) => item.dataset.chiave).join() !== asked) {
    $("domande").replaceChildren(...phone.domande.map(question));
  }
  $("conferme").hidden = phone.domande.length === 0;
  const known = new Set([...$("messaggi").children].map((item) => item.dataset.chiave));
  for (const message of phone.messaggi.toReversed()) {
    if (!known.has(message.chiave)) $("messaggi").prepend(bubble(message));
  }
  $("nessuno").hidden = $("messaggi").children.length > 0;
  for (const app of phone.generatori) {
    const cell = [...document.querySelectorAll("[data-utente]")].find((each) => each.dataset.utente === app.utente);
    if (cell && cell.textContent !== app.codice) cell.textContent = app.codice;
  }
}

async function refresh() {
  try {
    const answer = await fetch("/otp/messaggi", { cache: "no-store" });
    show(await answer.json());
    $("problema").hidden = true;
  } catch {
    $("problema").textContent = "Il simulatore non risponde: riavviare raccordo-sim.";
    $("problema").hidden = false;
  }
}

setInterval(refresh, 1000);
