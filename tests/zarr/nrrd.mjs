// Reads what the program writes: attached, raw, little endian, axis by axis.

import { readFileSync } from "node:fs";

const ARRAYS = { uint8: Uint8Array, int16: Int16Array, uint16: Uint16Array, float: Float32Array, float32: Float32Array };

/// Samples with the channel first and x fastest; its shape [c,] z, y, x; spacing and origin along x, y, z.
export function readNrrd(path) {
    const file = readFileSync(path);
    const end = file.indexOf("\n\n") + 2;
    const lines = file.toString("latin1", 0, end).split("\n").filter((line) => /^[^:]+: /.test(line));
    const field = Object.fromEntries(lines.map((line) => line.split(": ", 2)));
    const sizes = field.sizes.split(" ").map(Number);
    const count = sizes.reduce((a, b) => a * b);
    const type = ARRAYS[field.type];
    const begin = file.byteOffset + end;  // seldom where numbers of several bytes may be
    const stored = new type(file.buffer.slice(begin, begin + count * type.BYTES_PER_ELEMENT));
    const channels = sizes.length === 4 ? sizes.shift() : 1;
    let data = stored;
    if (channels > 1) {
        data = new type(count);
        for (let i = 0; i < count; ++i) data[(i % channels) * (count / channels) + Math.floor(i / channels)] = stored[i];
    }
    const numbers = (text) => [...text.matchAll(/\(([^)]*)\)/g)].map((vector) => vector[1].split(",").map(Number));
    const directions = numbers(field["space directions"]);
    if (directions.some((vector, axis) => vector.some((part, other) => (part !== 0) !== (axis === other)))) {
        throw new Error(`${path}: ${field["space directions"]}, expected one direction along each axis`);
    }
    return {
        data,
        type: type.name.replace("Array", "").toLowerCase(),
        channels,
        shape: [...(channels > 1 ? [channels] : []), ...sizes.reverse()],
        spacing: directions.map((vector, axis) => vector[axis]),
        origin: numbers(field["space origin"])[0],
    };
}
