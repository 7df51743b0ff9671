import { arch, availableParallelism, loadavg } from "node:os";
import type { Figure, Unit } from "./figure.ts";
import { ratiosOf, type Spread, spreadOf } from "./spread.ts";

export interface Measured {
  readonly bench: string;
  readonly figures: readonly Figure[];
}

export interface Machine {
  readonly node: string;
  readonly platform: string;
  readonly cores: number;
  /** Processes that wanted to run in the last minute, before we began: what else the machine was busy with. */
  readonly load: number;
}

export const describeMachine = (): Machine => ({
  node: process.version,
  platform: `${process.platform} ${arch()}`,
  cores: availableParallelism(),
  load: loadavg()[0] ?? 0,
});

export const asJson = (machine: Machine, measured: readonly Measured[]): string =>
  JSON.stringify(
    {
      machine,
      benches: measured.map(({ bench, figures }) => ({
        bench,
        figures: figures.map((figure) => ({
          ...figure,
          ...spreadOf(figure.samples),
          baseline: { ...figure.baseline, ...spreadOf(figure.baseline.samples) },
          ratio: ratiosOf(figure),
        })),
      })),
    },
    null,
    2,
  );

const heading = ["", "median", "min–max", "ratio", "min–max", "aim"];

/** Each figure in one line, and what it is held against in the next. */
export const asTable = (machine: Machine, measured: readonly Measured[]): string => {
  const rows = measured.flatMap(({ bench, figures }) => [[], [bench], ...figures.flatMap(linesOf)]);
  const { node, platform, cores, load } = machine;
  return [
    `Node ${node}, ${platform}, ${cores} cores, load ${load.toFixed(1)} at the start`,
    "",
    ...aligned([heading, ...rows]),
    "",
  ].join("\n");
};

const linesOf = (figure: Figure): readonly (readonly string[])[] => {
  const { name, unit, baseline, aimBelow } = figure;
  const ratio = ratiosOf(figure);
  return [
    [
      `  ${name}`,
      ...cellsOf(spreadOf(figure.samples), unit),
      `× ${short(ratio.median)}`,
      `${short(ratio.min)}–${short(ratio.max)}`,
      ...(aimBelow === undefined ? [] : [`below ${aimBelow} ${unit}`]),
    ],
    [`    against: ${baseline.name}`, ...cellsOf(spreadOf(baseline.samples), unit)],
  ];
};

const cellsOf = ({ median, min, max }: Spread, unit: Unit): readonly string[] => [
  `${short(median)} ${unit}`,
  `${short(min)}–${short(max)}`,
];

/** About three digits: more would be noise. */
const short = (value: number): string => {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits });
};

/** The first column to the left, the others to the right. */
const aligned = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = heading.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
};
