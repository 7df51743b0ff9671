import { createPrivateKey } from "node:crypto";
import { type PriceTable, priceTableSchema } from "@ai-implement/contracts";

export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  /** Ends the sentence that begins with the value: `is not a whole number`. */
  | { readonly ok: false; readonly problem: string };

/** What a setting's text may be, and what it becomes. */
export interface Kind<Value> {
  /** For the docs: `whole number, 0 to 65535`. */
  readonly expects: string;
  /** What to do about a text that is none, as a sentence. */
  readonly fix: string;
  parse(text: string): Parsed<Value>;
}

const good = <Value>(value: Value): Parsed<Value> => ({ ok: true, value });
const bad = (problem: string): Parsed<never> => ({ ok: false, problem });

export const text = (options: { readonly minBytes?: number } = {}): Kind<string> => {
  const minBytes = options.minBytes ?? 0;
  return {
    expects: minBytes > 0 ? `text, at least ${minBytes} bytes` : "text",
    fix:
      minBytes > 0
        ? `Use at least ${minBytes} random bytes: openssl rand -hex ${minBytes}.`
        : "Write it on one line.",
    parse: (value) => {
      const length = Buffer.byteLength(value);
      if (length < minBytes) return bad(`has ${length} bytes, fewer than ${minBytes}`);
      // One that is sent as a header or stands in a path must not smuggle a second line in.
      return /[\0\r\n]/.test(value) ? bad("has a line break or a zero byte in it") : good(value);
    },
  };
};

/** What `Authorization: Bearer …` can carry. */
export const bearer: Kind<string> = {
  expects: "text without spaces",
  fix: "Use letters, digits and punctuation: openssl rand -hex 32.",
  parse: (value) =>
    /^[\x21-\x7e]{1,1000}$/.test(value)
      ? good(value)
      : bad("has a space or a character that no header can carry"),
};

/** A word that is safe in a host name, a path, a metric's label and a log. */
export const name: Kind<string> = {
  expects: "name of letters, digits, `.`, `_` and `-`",
  fix: "Use letters, digits, '.', '_' and '-', at most 63.",
  parse: (value) => (/^[A-Za-z0-9][\w.-]{0,62}$/.test(value) ? good(value) : bad("is not such a name")),
};

export const path: Kind<string> = {
  ...text(),
  expects: "path",
};

export const image: Kind<string> = {
  expects: "container image reference",
  fix: "Write it as docker pull takes it: registry/name:tag.",
  parse: (value) =>
    /^[A-Za-z0-9][\w.:/@-]{0,499}$/.test(value) ? good(value) : bad("is not an image reference"),
};

export const oneOf = <const Value extends string>(values: readonly Value[]): Kind<Value> => ({
  expects: values.map((value) => `\`${value}\``).join(", "),
  fix: `Use one of ${values.join(", ")}.`,
  parse: (given) => {
    const value = values.find((candidate) => candidate === given);
    return value === undefined ? bad("is not one of the allowed values") : good(value);
  },
});

export const integer = (min: number, max: number, unit = ""): Kind<number> => {
  const range = `${min} to ${max}${unit === "" ? "" : ` ${unit}`}`;
  return {
    expects: `whole number, ${range}`,
    fix: `Use a whole number, ${range}, in digits only.`,
    parse: (value) => {
      if (!/^-?\d{1,15}$/.test(value)) return bad("is not a whole number");
      const number = Number(value);
      return number >= min && number <= max ? good(number) : bad("is out of range");
    },
  };
};

export const boolean: Kind<boolean> = {
  expects: "`true` or `false` (also `1`, `0`)",
  fix: "Use true or false.",
  parse: (value) => {
    switch (value.toLowerCase()) {
      case "true":
      case "1":
        return good(true);
      case "false":
      case "0":
        return good(false);
      default:
        return bad("is neither true nor false");
    }
  },
};

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** The URL as it was written, without slashes at its end: callers append paths. */
export const url = (options: {
  readonly plainHttp: "loopback" | "anywhere";
  /** Chat webhooks carry their secret in one; nowhere else does it make sense. */
  readonly query?: true;
}): Kind<string> => ({
  expects: options.plainHttp === "anywhere" ? "URL" : "https URL (http to loopback only)",
  fix:
    options.plainHttp === "anywhere"
      ? "Write it as http://host:port."
      : "Write it as https://host; http is for localhost and 127.0.0.1 only.",
  parse: (value) => {
    if (!URL.canParse(value)) return bad("is not a URL");
    const { protocol, hostname, username, password, search, hash } = new URL(value);
    if (protocol !== "https:" && protocol !== "http:") return bad("is not an http or https URL");
    if (username !== "" || password !== "") return bad("has a user name or a password in it");
    if (options.query !== true && (search !== "" || hash !== ""))
      return bad("has a query or a fragment in it");
    if (protocol === "http:" && options.plainHttp === "loopback" && !loopback.test(hostname))
      return bad("would send secrets unencrypted to another machine");
    return good(value.replace(/\/+$/, ""));
  },
});

/** A word that stands for "there is none", where unset means a default. */
export const orNone = (kind: Kind<string>): Kind<string | null> => ({
  expects: `${kind.expects}, or \`none\``,
  fix: `${kind.fix} Write none where there is none.`,
  parse: (value) => (value === "none" ? good(null) : kind.parse(value)),
});

export const postgresUrl: Kind<string> = {
  expects: "`postgres://` URL",
  fix: "Write it as postgres://user:password@host:5432/database; special characters percent-encoded.",
  parse: (value) => {
    if (!URL.canParse(value)) return bad("is not a URL");
    return /^postgres(?:ql)?:$/.test(new URL(value).protocol) ? good(value) : bad("is not a postgres:// URL");
  },
};

/** An RSA key in PEM, PKCS#1 or PKCS#8; its newlines may be the two characters `\n` (§4.1). */
export const rsaPrivateKey: Kind<string> = {
  expects: "RSA private key in PEM",
  fix: "Paste the whole .pem file that GitHub gave you, from -----BEGIN to -----END, in double quotes or with \\n for its newlines.",
  parse: (value) => {
    const pem = `${value.replaceAll("\\r", "").replaceAll("\\n", "\n").trim()}\n`;
    if (!pem.startsWith("-----BEGIN ")) return bad("does not begin with -----BEGIN");
    const problem = problemOfRsaKey(pem);
    return problem === null ? good(pem) : bad(problem);
  },
};

/** Separated by commas; an entry is `host`, `host:port` or `*.domain`. */
export const hosts: Kind<readonly string[]> = {
  expects: "hosts, separated by commas: `host`, `host:port` or `*.domain`",
  fix: "Write it as registry.example.com,*.internal.example.com,10.0.0.5:8080.",
  parse: (value) => {
    const entries = value
      .split(",")
      .map((entry) => entry.trim())
      .filter((entry) => entry !== "");
    const wrong = entries.find((entry) => !hostForm.test(entry));
    if (entries.length > 200) return bad("names more than 200 hosts");
    return wrong === undefined
      ? good(entries)
      : bad(`has "${wrong.slice(0, 100)}" in it, which is no such entry`);
  },
};

const hostForm = /^(?:\*\.)?[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(?::\d{1,5})?$/;

/** US dollars for a million tokens, by model. */
export const prices: Kind<PriceTable> = {
  expects: 'JSON: `{"<model>": {"input": 3, "output": 15, "cacheRead": 0.3, "cacheWrite": 3.75}}`',
  fix: "Name every model with its four prices, in US dollars for a million tokens; a name may end in *.",
  parse: (value) => {
    try {
      const parsed = priceTableSchema.safeParse(JSON.parse(value));
      return parsed.success ? good(parsed.data) : bad("is not a table of prices");
    } catch {
      // What the parser says of it names positions in a text that stands on one line of a file.
      return bad("is not JSON");
    }
  },
};

const problemOfRsaKey = (pem: string): string | null => {
  try {
    const { asymmetricKeyType } = createPrivateKey(pem);
    return asymmetricKeyType === "rsa" ? null : `is a key of type ${asymmetricKeyType ?? "unknown"}, not RSA`;
  } catch {
    // What OpenSSL says of a bad key helps nobody and may quote it.
    return /ENCRYPTED/.test(pem) ? "is encrypted with a passphrase" : "is not a readable private key";
  }
};
