import { noPreferences, type Preferences, preferencesSchema } from "./preferences.ts";
import type { Schema } from "./schema.ts";

export function createReaderTable(sql: SqlStorage): void {
  // One row, written with the first notification for a user whose language is known, or with the first preferences.
  sql.exec("CREATE TABLE reader (locale TEXT, preferences TEXT)");
}

/** What is known of a user as a reader: the language, from the last token, and what they want of notifications. */
export class Reader {
  readonly #sql: SqlStorage;
  readonly #schema: Schema;
  #known: { readonly locale: string | undefined; readonly preferences: Preferences } | undefined;

  constructor(sql: SqlStorage, schema: Schema) {
    this.#sql = sql;
    this.#schema = schema;
  }

  /** A BCP 47 tag. */
  get locale(): string | undefined {
    return this.#read().locale;
  }

  get preferences(): Preferences {
    return this.#read().preferences;
  }

  /** Remembers the language. One that is known already writes nothing. */
  rememberLocale(locale: string): void {
    if (locale !== this.locale) this.#write({ locale, preferences: this.preferences });
  }

  setPreferences(preferences: Preferences): void {
    this.#write({ locale: this.locale, preferences });
  }

  #write(known: { locale: string | undefined; preferences: Preferences }): void {
    this.#schema.ensure();
    this.#sql.exec("DELETE FROM reader");
    this.#sql.exec(
      "INSERT INTO reader (locale, preferences) VALUES (?, ?)",
      known.locale ?? null,
      JSON.stringify(known.preferences),
    );
    this.#known = known;
  }

  #read() {
    if (this.#known || !this.#schema.exists) return this.#known ?? unknown;
    const [row] = this.#sql
      .exec<{ locale: string | null; preferences: string }>("SELECT locale, preferences FROM reader")
      .toArray();
    this.#known = row
      ? {
          locale: row.locale ?? undefined,
          preferences: preferencesSchema.parse(JSON.parse(row.preferences)),
        }
      : unknown;
    return this.#known;
  }
}

const unknown = { locale: undefined, preferences: noPreferences };
