/** Where the lines of a text begin. A line longer than a screen could show goes on in the next one. */
export interface TextLines {
  /** First character of each line, and the end of the text after the last. */
  starts: Int32Array<ArrayBuffer>;
  /** The number of the line as an editor would count; 0 for one that goes on from the line before. */
  numbers: Int32Array<ArrayBuffer>;
  count: number;
  widest: number;
}

/** Characters of one line on the screen, where it is not wrapped at the edge. */
export const LINE_CHARS = 1_000;

export function textLines(text: string, lineChars: number = LINE_CHARS): TextLines {
  let starts = new Int32Array(1_024);
  let numbers = new Int32Array(1_024);
  let count = 0;
  let widest = 0;
  const add = (start: number, number: number): void => {
    if (count + 1 >= starts.length) {
      const largerStarts = new Int32Array(starts.length * 2);
      const largerNumbers = new Int32Array(starts.length * 2);
      largerStarts.set(starts);
      largerNumbers.set(numbers);
      starts = largerStarts;
      numbers = largerNumbers;
    }
    starts[count] = start;
    numbers[count] = number;
    count += 1;
  };
  let number = 0;
  for (let from = 0; from <= text.length; ) {
    const newline = text.indexOf('\n', from);
    const end = newline < 0 ? text.length : newline;
    if (newline < 0 && from === text.length && number > 0) break;
    number += 1;
    add(from, number);
    widest = Math.max(widest, Math.min(lineChars, end - from));
    for (let at = from + lineChars; at < end; at += lineChars) add(at, 0);
    from = end + 1;
  }
  starts[count] = text.length;
  return { starts: starts.slice(0, count + 1), numbers: numbers.slice(0, count), count, widest };
}

/** The text of a line, without its end. */
export function textOfLine(text: string, lines: TextLines, index: number): string {
  const line = text.slice(lines.starts[index] ?? 0, lines.starts[index + 1] ?? text.length);
  return line.replace(/\r?\n$/, '');
}

/** The line in which a position of the text stands. */
export function textLineOfOffset(lines: TextLines, offset: number): number {
  let low = 0;
  let high = lines.count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines.starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
