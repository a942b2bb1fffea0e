// The region's window as the login uses it: opened, closed by the signal, and returning what the test says.
export const REDIRECT = "https://abcdefghijklmnopabcdefghijklmnop.chromiumapp.org/raccordo";
export const STATE = "s".repeat(43);
export const CODE = "c0de";
export const AUTHORIZE = `https://login.regione.example/authorize?client_id=raccordo&state=${STATE}&nonce=n`;

export class FakeWindow {
	readonly redirectURI = REDIRECT;
	readonly opened: string[] = [];
	closed = 0;
	shown = 0;
	/** Ends the window last opened; without an address as if the user had closed it. */
	returns: (address?: string) => void = () => undefined;

	open(url: string, signal: AbortSignal): Promise<string | undefined> {
		this.opened.push(url);
		return new Promise((resolve) => {
			this.returns = resolve;
			signal.addEventListener("abort", () => {
				this.closed++;
				resolve(undefined);
			});
		});
	}

	show(): void {
		this.shown++;
	}
}
