// Start and navigation: every change of page renders again from the state.
import { documentsShown, renderDocuments, startDocuments } from "./documents.js";
import { startFollowing } from "./follow.js";
import { renderGuide, startGuide } from "./guide.js";
import { renderHeader, startHeader } from "./header.js";
import { renderPage } from "./pages.js";
import { dismissSigning, signing, startPapers } from "./papers.js";
import { renderPatient } from "./patient.js";
import { renderPatients } from "./patients.js";
import { startPresence } from "./presence.js";
import { isShown, renderPrescriptions, startPrescriptions } from "./prescriptions.js";
import { start } from "./raccordo.js";
import { dismiss, sending, startSending } from "./sending.js";
import { dismissSheets, printing, startSheets } from "./sheets.js";
import { load } from "./store.js";
import { startUser } from "./user.js";
import { startWindow } from "./window.js";

const area = document.getElementById("contenuto");

function navigate() {
	const [, section = "", detail] = location.hash.split("/");
	if (section === "") {
		location.replace("#/pazienti");
		return;
	}
	renderHeader();
	if (section === "pazienti") detail ? renderPatient(area, decodeURIComponent(detail)) : renderPatients(area);
	else if (section === "ricette") renderPrescriptions();
	else if (section === "documenti") renderDocuments();
	else renderPage(area, section);
	document.title = `${area.querySelector("h1").textContent} – Clinica Demo`;
}

function prescriptionsChanged() {
	renderHeader(document.getElementById("menu-utente").getAttribute("aria-expanded") === "true");
	if (isShown()) renderPrescriptions();
	const { summary } = printing.summary ? printing : sending;
	if (summary) document.getElementById("annunci").textContent = summary.text;
}

function sheetsChanged() {
	prescriptionsChanged();
	if (documentsShown()) renderDocuments();
}

function documentsChanged() {
	if (documentsShown()) renderDocuments();
	if (signing.summary) document.getElementById("annunci").textContent = signing.summary.text;
}

async function main() {
	document.querySelector(".salta").addEventListener("click", (event) => {
		event.preventDefault(); // the hash belongs to the navigation
		area.focus();
	});
	try {
		await load();
	} catch {
		area.textContent = "I dati dello studio non si possono leggere. Ricaricare la pagina.";
		return;
	}
	startHeader();
	startUser(navigate);
	startWindow();
	startPrescriptions();
	startSending(prescriptionsChanged);
	startSheets(sheetsChanged);
	startFollowing(prescriptionsChanged);
	startDocuments();
	startPapers(documentsChanged);
	startGuide();
	startPresence();
	document.addEventListener("clinica:ricette", prescriptionsChanged);
	window.addEventListener("hashchange", () => {
		if (!sending.active) dismiss();
		if (!signing.active) dismissSigning();
		if (!printing.active) dismissSheets();
		navigate();
		area.focus({ preventScroll: true });
		window.scrollTo(0, 0);
	});
	navigate();
	renderGuide();
	start();
}

main();
