/** The progress of long work, on one line of a terminal. Without a terminal, it prints nothing. */
const WIDTH = 30;
/** The minimum time between two updates of the line. */
const SHARES = 200;

export interface ProgressBar {
  show(what: string, done: number, of: number): void;
  /** Removes the line. */
  end(): void;
}

export function progressBar(stream: NodeJS.WriteStream = process.stderr): ProgressBar {
  if (!stream.isTTY) return { show: () => undefined, end: () => undefined };
  const line = (text: string) => stream.write(`\r\u001B[2K${text}`);
  let drawn = '';
  return {
    show: (what, done, of) => {
      const share = of === 0 ? 1 : Math.min(done / of, 1);
      const draws = `${what} ${Math.floor(share * SHARES)}`;
      if (draws === drawn) return;
      drawn = draws;
      const full = Math.round(WIDTH * share);
      line(`${what.padEnd(14)} [${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}] ${done} of ${of}`);
    },
    end: () => line(''),
  };
}
