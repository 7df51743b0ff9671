import { BlockList, isIP, isIPv4, isIPv6 } from "node:net";

/** What is not the public internet: IANA's special-purpose registries, and the metadata services of clouds in them. */
const special: readonly (readonly [network: string, prefix: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  // Azure's, which is a public address in form only.
  ["168.63.129.16", 32],
  ["::", 96],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
];

const specialAddresses = ((): BlockList => {
  const list = new BlockList();
  for (const [network, prefix] of special) list.addSubnet(network, prefix, isIPv4(network) ? "ipv4" : "ipv6");
  return list;
})();

/** An address that means an IPv4 address in IPv6's clothes is taken for that. */
const embedded = /^(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/** One spelling for each address; null where the text is none. Zones (`fe80::1%eth0`) are none. */
export const plainAddress = (text: string): string | null => {
  if (isIPv4(text)) return text;
  if (!isIPv6(text) || text.includes("%")) return null;
  // The URL parser writes every IPv6 address in its one short form.
  const short = new URL(`http://[${text}]`).hostname.slice(1, -1);
  const [, high, low] = embedded.exec(short) ?? [];
  if (high === undefined || low === undefined) return short;
  const bytes = [high, low].flatMap((part) => {
    const value = Number.parseInt(part, 16);
    return [value >> 8, value & 255];
  });
  return bytes.join(".");
};

/** @param address as `plainAddress` writes it */
export const isPublicAddress = (address: string): boolean =>
  isIP(address) !== 0 && !specialAddresses.check(address, isIPv4(address) ? "ipv4" : "ipv6");
