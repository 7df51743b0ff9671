import { describe, expect, it } from "vitest";
import { refusedHosts } from "./refused-hosts.ts";

const after = (count: number): string =>
  refusedHosts({
    hostsRefused: () => Array.from({ length: count }, (_, index) => `host-${index}.example:443`),
  });

describe("what is said of a network that was closed (§11.3)", () => {
  it("is nothing where nothing else was asked for", () => {
    expect(after(0)).toBe("");
  });

  it("names the hosts and the setting that opens the way", () => {
    expect(after(1)).toBe(
      "The sandbox refused connections to host-0.example:443. If they are needed, have the operator of AI-Implement add them to AGENT_EGRESS_HOSTS.\n",
    );
    expect(after(7)).toContain("host-4.example:443 and 2 more. ");
  });
});
