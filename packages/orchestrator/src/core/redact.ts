const mask = "[redacted]";

/** What is masked may have stood before something that is a credential only now. More rounds than that no text needs by accident. */
const mostRounds = 4;

/** Below this a "secret" is a word like any other, and masking it would make the text unreadable. */
const shortestSecret = 4;

/** Token formats that are a credential wherever they turn up (§11.10). `$1`, where there is one, is kept. */
const knownFormats: readonly RegExp[] = [
  /()-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g,
  // GitHub. Since April 2026 an installation token is `ghs_APPID_JWT`: of any length, with dots and dashes.
  /()(?<![A-Za-z0-9])gh[oprsu]_[\w.-]{8,}/g,
  /()(?<![A-Za-z0-9])github_pat_\w{8,}/g,
  /()(?<![A-Za-z0-9])sk-ant-[\w-]{8,}/g,
  /()(?<![A-Za-z0-9])lin_(?:api|oauth|wh)_\w{8,}/g,
  /()(?<![A-Za-z0-9])xox[a-z]-[\w-]{8,}/g,
  /()(?<![A-Za-z0-9])xapp-[\w-]{8,}/g,
  /(https:\/\/hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]+/g,
  /()(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}/g,
  /()(?<![A-Za-z0-9])ATATT[\w=-]{16,}/g,
  /()(?<![A-Za-z0-9])fm[12][a-z]?_[\w+/=-]{16,}/g,
  // Our own: what a runner claims and reports with.
  /()(?<![A-Za-z0-9])(?:claim|run)\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[\w-]{43}/g,
  // A JWT. One try for each run of its letters, and only before a dot: a try at every `eyJ` would take the square of the length.
  /(?<![\w-])(?=[\w-]+\.[\w-]{8})([\w-]*?)(?<![A-Za-z0-9])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g,
  /(\b(?:[Bb]earer|[Bb]asic) )[\w.~+/-]{12,}=*/g,
  /(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@]{0,200}:)[^\s/@]{1,500}(?=@)/gi,
];

/**
 * Masks every given secret, as it is and as URLs and JSON write it, and every known token format. Made once
 * for many texts: the work of preparing the secrets is done here. Idempotent, and linear in the text's length.
 */
export const createRedactor = (secrets: readonly string[]): ((text: string) => string) => {
  const forms = [...new Set(secrets.filter(isMaskable).flatMap(writtenForms))]
    // Longest first: a secret that contains another would otherwise leave its rest behind.
    .sort((a, b) => b.length - a.length);
  const masked = (text: string): string => {
    const withoutSecrets = forms.reduce((rest, form) => rest.replaceAll(form, mask), text);
    return knownFormats.reduce((rest, format) => rest.replace(format, `$1${mask}`), withoutSecrets);
  };
  return (text) => {
    let before = text;
    for (let round = 0; round < mostRounds; round += 1) {
      const after = masked(before);
      if (after === before) return after;
      before = after;
    }
    return before;
  };
};

/** {@link createRedactor} for a single text. */
export const redact = (text: string, secrets: readonly string[]): string => createRedactor(secrets)(text);

/** A word of the mask itself would be masked for ever. */
const isMaskable = (secret: string): boolean => secret.length >= shortestSecret && !mask.includes(secret);

const writtenForms = (secret: string): readonly string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  // Half of a surrogate pair has no URL form and would throw.
  ...(/\p{Surrogate}/u.test(secret) ? [] : [encodeURIComponent(secret)]),
];
