// Generated from manifests/sites/site.schema.json by scripts/gen.mjs: do not edit.
// Members may be added by a newer host; a reader ignores what it does not know.

export type Selector = string;

/**
 * Where a clinical web application shows the doctor and the patient: the only knowledge of its pages that Raccordo has. Selectors are CSS.
 */
export interface SiteProfile {
	$schema?: string;
	/**
	 * Also the name of the file.
	 */
	id: string;
	name: string;
	/**
	 * Match patterns of the pages, https only. They become the content script's matches: the extension runs nowhere else.
	 *
	 * @minItems 1
	 */
	matches: string[];
	/**
	 * The signed-in user.
	 */
	user: {
		/**
		 * The element with the user's name; the state badge is put right before it.
		 */
		name: string;
		codice_fiscale?: Source;
		substitute_of?: Source1;
		role?: Role;
	};
	/**
	 * The user's menu, a list whose items hold a link or button each.
	 */
	menu: {
		list: Selector;
		/**
		 * Inside the list: the neighbour above our entry, whose look it takes.
		 */
		after?: string;
		/**
		 * Inside the list: the neighbour below, used when the one above is not there.
		 */
		before?: string;
	};
	/**
	 * The page of one patient.
	 */
	patient: {
		page: Selector;
		codice_fiscale: Source2;
		/**
		 * Inside the page: the sync control becomes its last child.
		 */
		toolbar: string;
		/**
		 * Inside the page: what the doctor typed. The agent compares it with the region's registry; it is written only when the doctor clicks «Usa».
		 */
		fields: {
			address?: Selector;
			town?: Selector;
			province?: Selector;
			cap?: Selector;
		};
	};
}
/**
 * The doctor whom the page names; a card of somebody else is refused.
 */
export interface Source {
	selector: Selector;
	attribute?: string;
}
/**
 * The titolare's codice fiscale while the signed-in doctor works as his substitute, else empty.
 */
export interface Source1 {
	selector: Selector;
	attribute?: string;
}
/**
 * What the signed-in user is; a page that says nothing is taken to be a doctor's.
 */
export interface Role {
	selector: Selector;
	attribute?: string;
	values: {
		[k: string]: "doctor" | "secretary" | "nurse";
	};
}
/**
 * Where a value is: an attribute of an element, or its text or field value when no attribute is named.
 */
export interface Source2 {
	selector: Selector;
	attribute?: string;
}
