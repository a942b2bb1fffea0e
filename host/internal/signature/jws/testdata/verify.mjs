// Verifies compact JWS, each with its own certificate: node verify.mjs JOSE FILE[:PAYLOAD]...
// Prints header and payload of each, one a line.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [jose, ...all] = process.argv.slice(2);
const { compactVerify, flattenedVerify, importX509, decodeProtectedHeader } = await import(pathToFileURL(jose).href);
for (const one of all) {
  const [file, beside] = one.split(":");
  const text = readFileSync(file, "utf8");
  const { alg, x5c } = decodeProtectedHeader(text);
  const key = await importX509(`-----BEGIN CERTIFICATE-----\n${x5c[0]}\n-----END CERTIFICATE-----`, alg);
  const [head, body, signature] = text.split(".");
  if (beside && body !== "") throw new Error("not detached");
  const result = beside
    ? await flattenedVerify({ protected: head, payload: readFileSync(beside).toString("base64url"), signature }, key)
    : await compactVerify(text, key);
  console.log(JSON.stringify({ header: result.protectedHeader, payload: Buffer.from(result.payload).toString() }));
}
