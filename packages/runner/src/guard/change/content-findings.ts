import type { PatientSearch, SearchOutcome } from "../credentials/credential-search.ts";
import { withoutInvisible } from "../invisible.ts";
import { scanForLeaks } from "../secret-scanner.ts";
import type { ChangedFile } from "./change.ts";
import { isBinary, isKnownAsset } from "./file-kind.ts";
import type { Finding } from "./findings.ts";
import { limits } from "./limits.ts";
import { addedLines } from "./line-changes.ts";

/**
 * What a file of the change holds. The run's own credentials are looked for in the whole of it, so that parts that were there
 * before cannot complete one; the scanner's rules apply to what is new, because what was there is not this change's doing.
 * Never rejects: what cannot be scanned is a finding.
 */
export const contentFindings = async (
  file: ChangedFile,
  search: PatientSearch,
): Promise<readonly Finding[]> => {
  const { path } = file.entry;
  switch (file.content.kind) {
    case "gone":
      return credentialFindings(path, await search(path), "its name holds");
    case "unreadable":
      return isRegular(file) ? [{ path, rule: "not-scanned", what: "git does not have its content" }] : [];
    case "too-large": {
      const { size } = file.content;
      const what = `is too large: ${inMegabytes(size)} of ${inMegabytes(limits.fileBytes)} at most`;
      return size > limits.fileBytes ? [{ path, rule: "file-too-large", what }] : [];
    }
    case "bytes":
      return [
        ...binaryFindings(path, file.content.bytes, file.content.size),
        ...credentialFindings(path, await search(path), "its name holds"),
        ...(await credentialsIn(path, file.content.bytes, search)),
        ...(await leakFindings(file, file.content.bytes)),
      ];
  }
};

const isRegular = ({ entry: { newMode } }: ChangedFile): boolean => newMode.startsWith("100");

const inMegabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;

const asText = (bytes: string): string => Buffer.from(bytes, "latin1").toString("utf8");

const binaryFindings = (path: string, bytes: string, size: number): readonly Finding[] => {
  if (!isBinary(bytes)) return [];
  if (!isKnownAsset(path, bytes))
    return [{ path, rule: "binary", what: "is a binary file that nobody can review" }];
  return size <= limits.assetBytes
    ? []
    : [{ path, rule: "binary", what: `is a large image or font: ${inMegabytes(size)}` }];
};

/** As bytes and as what they read as, which for most files is the same. */
const credentialsIn = async (
  path: string,
  bytes: string,
  search: PatientSearch,
): Promise<readonly Finding[]> => {
  const text = asText(bytes);
  const asRead = credentialFindings(path, await search(text), "it holds");
  return text === bytes || asRead.length > 0
    ? asRead
    : credentialFindings(path, await search(bytes, "bytes"), "it holds");
};

const credentialFindings = (path: string, outcome: SearchOutcome, where: string): readonly Finding[] => {
  switch (outcome) {
    case "none":
      return [];
    case "found":
      return [
        { path, rule: "credential", what: `${where} a credential of this run or its canary, in some form` },
      ];
    case "unknown":
      return [{ path, rule: "not-scanned", what: `${where} more packed data than can be looked into` }];
  }
};

/** Each scan makes the next one slower, and hardly any name has room for a credential, or signs that are not seen. */
const mayNameCredential = /[^\x20-\x7e]|[\w.:@=+-]{16}/;

const leakFindings = async ({ entry, before }: ChangedFile, bytes: string): Promise<readonly Finding[]> => {
  const { path } = entry;
  const text = addedLines(asText(before), asText(bytes));
  try {
    const seen = withoutInvisible(text);
    const leaks = [
      ...(await scanForLeaks(text, path)),
      ...(seen === text ? [] : await scanForLeaks(seen, path)),
      ...(mayNameCredential.test(path) ? await scanForLeaks(withoutInvisible(path), "name.txt") : []),
    ];
    return [...new Set(leaks.map(({ rule }) => rule))].map((rule) => ({
      path,
      rule: "secret" as const,
      what: `holds what looks like a credential (rule ${rule})`,
    }));
  } catch {
    // Its words may quote the file.
    return [{ path, rule: "not-scanned", what: "could not be scanned for secrets" }];
  }
};
