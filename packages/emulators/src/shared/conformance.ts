/** How the requests that an emulator received stand to the vendor's own schema. */
export interface Conformance {
  readonly vendor: string;
  /** Requests that were held against the schema. */
  readonly validated: number;
  /** What the schema does not allow, oldest first; the first 100. */
  readonly violations: readonly string[];
}

export interface ConformanceRecord {
  accept(): void;
  violate(violation: string): void;
  read(): Conformance;
}

const maxViolations = 100;

export const createConformanceRecord = (vendor: string): ConformanceRecord => {
  const violations: string[] = [];
  let validated = 0;
  return {
    accept() {
      validated += 1;
    },
    violate(violation) {
      validated += 1;
      if (violations.length < maxViolations) violations.push(violation);
    },
    read: () => ({ vendor, validated, violations: [...violations] }),
  };
};
