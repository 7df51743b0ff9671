import { isPublicAddress, plainAddress } from "./private-addresses.ts";

/** Where the agent's side may go. */
export interface AllowList {
  /** By the name that was asked for. */
  permits(host: string, port: number): boolean;
  /** By an address that the name leads to: one that is not public has to be on the list itself. */
  permitsAddress(address: string, port: number): boolean;
}

interface Entry {
  /** Lower case, without the `*` of `*.domain`. */
  readonly host: string;
  readonly isDomain: boolean;
  /** Null: the web's two. */
  readonly port: number | null;
}

export interface AllowListSources {
  /** `host`, `host:port`, `*.domain` or `*.domain:port`; an IPv6 address stands in brackets. */
  readonly entries: readonly string[];
  readonly openUrls: readonly string[];
  readonly closedUrls: readonly string[];
}

export interface ParsedAllowList {
  readonly list: AllowList;
  /** Entries that are none, as they were given. */
  readonly unusable: readonly string[];
}

const webPorts: readonly number[] = [443, 80];

export const parseAllowList = ({ entries, openUrls, closedUrls }: AllowListSources): ParsedAllowList => {
  const parsed = entries.map((text) => ({ text, entry: entryOf(text) }));
  const usable = [
    ...parsed.flatMap(({ entry }) => (entry === null ? [] : [entry])),
    ...openUrls.flatMap(entriesOfUrl),
  ];
  const closed = closedUrls.flatMap(entriesOfUrl);
  const matchesAny = (list: readonly Entry[], host: string, port: number) =>
    list.some((entry) => matches(entry, host, port));
  const list: AllowList = {
    permits: (host, port) => {
      const plain = plainHost(host);
      return matchesAny(usable, plain, port) && !matchesAny(closed, plain, port);
    },
    permitsAddress: (address, port) => {
      const plain = plainAddress(address);
      if (plain === null || matchesAny(closed, plain, port)) return false;
      return isPublicAddress(plain) || matchesAny(usable, plain, port);
    },
  };
  return { list, unusable: parsed.filter(({ entry }) => entry === null).map(({ text }) => text) };
};

const matches = (entry: Entry, host: string, port: number): boolean => {
  if (!(entry.port === null ? webPorts.includes(port) : entry.port === port)) return false;
  return entry.isDomain ? host.endsWith(`.${entry.host}`) : host === entry.host;
};

/** `example.com.` is `example.com`, and `[::1]` is `::1`. */
const plainHost = (host: string): string => {
  const bare = host.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  return plainAddress(bare) ?? bare.replace(/\.$/, "");
};

const entryForm = /^(\*\.)?(\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9._-]*[a-z0-9])?)(?::(\d{1,5}))?$/;

const entryOf = (text: string): Entry | null => {
  const [, wildcard, host, port] = entryForm.exec(text.trim().toLowerCase()) ?? [];
  if (host === undefined || Number(port ?? 1) > 65_535) return null;
  return {
    host: plainHost(host),
    isDomain: wildcard !== undefined,
    port: port === undefined ? null : Number(port),
  };
};

const loopback: readonly string[] = ["localhost", "127.0.0.1", "::1"];

/** A URL's one host and port; each name of this machine stands for all. */
const entriesOfUrl = (text: string): readonly Entry[] => {
  const url = new URL(text);
  const host = plainHost(url.hostname);
  const port = portOf(url);
  return (loopback.includes(host) ? loopback : [host]).map((name) => ({ host: name, isDomain: false, port }));
};

export const portOf = ({ port, protocol }: URL): number =>
  port !== "" ? Number(port) : protocol === "http:" ? 80 : 443;
