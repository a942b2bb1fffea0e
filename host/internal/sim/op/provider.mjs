// An OpenID provider made of npm oidc-provider, on https at a port of its own.
// Settings come as one line of JSON on stdin; {"issuer"} goes to stdout; it ends
// with stdin.
import { randomBytes, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const lines = createInterface({ input: process.stdin });
const set = JSON.parse((await lines[Symbol.asyncIterator]().next()).value);
process.stdin.on("close", () => process.exit(0)).resume();

const { default: Provider, interactionPolicy } = await import(
	pathToFileURL(join(set.modules, "oidc-provider", "lib", "index.js")).href
);

const server = createServer({
	key: readFileSync(set.key),
	cert: readFileSync(set.cert),
	// A certificate is looked at where tokens are bound to it; whose it is does
	// not matter to RFC 8705, section 4.
	requestCert: set.tokens === "mtls",
	rejectUnauthorized: false,
});
await new Promise((up) => server.listen(0, "127.0.0.1", up));
const issuer = `https://127.0.0.1:${server.address().port}`;

const smartcard = "urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI";

// A native program must be consented to at each login by default (RFC 8252,
// section 8.6); whoever comes with a card has nobody to ask.
const policy = interactionPolicy.base();
policy.get("consent").checks.remove("native_client_prompt");

const provider = new Provider(issuer, {
	interactions: { policy },
	jwks: { keys: [set.signing] },
	cookies: { keys: [randomBytes(32).toString("hex")] },
	clients: [
		{
			client_id: "raccordo",
			application_type: "native",
			token_endpoint_auth_method: "none",
			grant_types: ["authorization_code", "refresh_token"],
			response_types: ["code"],
			redirect_uris: ["http://127.0.0.1/ritorno"],
			...(set.tokens === "dpop" && { dpop_bound_access_tokens: true }),
			...(set.tokens === "mtls" && { tls_client_certificate_bound_access_tokens: true }),
		},
	],
	acrValues: [smartcard],
	claims: { openid: ["sub", "acr", "amr", "auth_time"], profile: ["fiscal_number", "given_name", "family_name"] },
	conformIdTokenClaims: !set.claimsInIDToken,
	findAccount: (_, id) => ({
		accountId: id,
		claims: () => ({ sub: id, fiscal_number: `TINIT-${id}`, given_name: "PROVA", family_name: "DOTTORE" }),
	}),
	features: {
		devInteractions: { enabled: true },
		revocation: { enabled: true },
		rpInitiatedLogout: { enabled: true },
		dPoP: {
			enabled: true,
			...(set.nonces && { nonceSecret: randomBytes(32), requireNonce: () => true }),
		},
		mTLS: {
			enabled: set.tokens === "mtls",
			certificateBoundAccessTokens: true,
			getCertificate: (ctx) => {
				const { raw } = ctx.req.socket.getPeerCertificate();
				return raw && new X509Certificate(raw);
			},
		},
		resourceIndicators: {
			enabled: Boolean(set.resource),
			defaultResource: () => set.resource,
			getResourceServerInfo: () => ({ scope: "ricetta", accessTokenFormat: "jwt", audience: set.resource }),
			useGrantedResource: () => true,
		},
	},
	pkce: { required: () => true },
	issueRefreshToken: () => true,
	rotateRefreshToken: true,
	ttl: { AccessToken: 300, Grant: 3600, IdToken: 300, Interaction: 600, RefreshToken: 3600, Session: 3600 },
	// Whoever came with a card is asked nothing more.
	loadExistingGrant: async (ctx) => {
		const { session, client, params, result } = ctx.oidc;
		const id = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
		if (id) return provider.Grant.find(id);
		if (!session.amr?.includes("sc")) return undefined;
		const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
		grant.addOIDCScope(params.scope);
		await grant.save();
		return grant;
	},
});

// The front with mutual TLS says whose card it saw.
provider.use(async (ctx, next) => {
	const subject = ctx.get("x-card-subject");
	if (subject && ctx.get("x-front") === set.front && ctx.path.startsWith("/interaction/")) {
		const { prompt } = await provider.interactionDetails(ctx.req, ctx.res);
		const [, account] = /CN=([A-Z0-9]{16})\//.exec(subject) ?? [];
		if (prompt.name === "login" && account) {
			const login = { accountId: account, acr: smartcard, amr: ["pin", "sc"] };
			await provider.interactionFinished(ctx.req, ctx.res, { login });
			ctx.respond = false;
			return;
		}
	}
	await next();
});
for (const event of ["server_error", "grant.error", "authorization.error", "revocation.error", "end_session.error", "userinfo.error"]) {
	provider.on(event, (_, error) => console.error(event, error.message, error.error_detail ?? ""));
}

server.on("request", provider.callback());
console.log(JSON.stringify({ issuer }));
