// zarrita as a judge of OME-Zarr 0.4 and 0.5: each sample and each place is that of the level's own NRRD. What zarrita lets
// pass is looked at here: the metadata of Zarr v3, and each shard's index with its checksum.
//
//     node judge.mjs CASES

import { strict as assert } from "node:assert";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { readNrrd } from "./nrrd.mjs";

const imports = Promise.all([import("zarrita"), import("@zarrita/storage/fs")]);
const [zarr, { default: FileSystemStore }] = await imports.catch((error) => {
    console.log(`skipped: ${error.message}`);
    process.exit(0);
});

const readJson = (...parts) => JSON.parse(readFileSync(join(...parts), "utf8"));
const count = (shape) => shape.reduce((a, b) => a * b, 1);

/// The checksum of iSCSI, bit by bit.
function crc32c(bytes) {
    let sum = ~0;
    for (const byte of bytes) {
        sum ^= byte;
        for (let bit = 0; bit < 8; ++bit) sum = (sum >>> 1) ^ (sum & 1 ? 0x82f63b78 : 0);
    }
    return ~sum >>> 0;
}
assert.equal(crc32c(Buffer.from("123456789")), 0xe3069283);

function judgeShard(file, chunks) {
    const bytes = readFileSync(file);
    const index = bytes.length - 16 * chunks - 4;
    assert(index >= 0, `${file}: ${bytes.length} bytes, no room for ${chunks} chunks and their index`);
    assert.equal(bytes.readUInt32LE(bytes.length - 4), crc32c(bytes.subarray(index, -4)), `${file}: checksum of its index`);
    const nowhere = 2n ** 64n - 1n;
    const places = [];
    for (let i = 0; i < chunks; ++i) {
        const place = [bytes.readBigUInt64LE(index + 16 * i), bytes.readBigUInt64LE(index + 16 * i + 8)];
        assert.equal(place[0] === nowhere, place[1] === nowhere, `${file}: chunk ${i} is half empty`);
        if (place[0] !== nowhere) places.push(place.map(Number));
    }
    // Chunks fill the file up to its index, without gaps and overlaps.
    const end = places.sort((a, b) => a[0] - b[0]).reduce((at, [offset, length]) => {
        assert.equal(offset, at, `${file}: a chunk does not begin where the one before it ends`);
        return at + length;
    }, 0);
    assert.equal(end, index, `${file}: the index does not begin where the last chunk ends`);
}

/// A reader that takes the specification at its word stops at an unknown key.
function judgeMetadata(folder, meta, axes, encoding) {
    const { zarr_format, node_type, shape, data_type, chunk_grid, chunk_key_encoding, fill_value, codecs, dimension_names,
        attributes = {}, storage_transformers = [], ...unknown } = meta;
    assert.deepEqual(unknown, {}, "unknown keys");
    assert.deepEqual([zarr_format, node_type, storage_transformers], [3, "array", []]);
    assert.deepEqual(dimension_names, axes.map((axis) => axis.name));
    assert.equal(fill_value, 0);
    assert.equal(chunk_grid.name, "regular");
    const shard = chunk_grid.configuration.chunk_shape;
    assert.equal(codecs.length, 1);
    assert.equal(codecs[0].name, "sharding_indexed");
    const inner = codecs[0].configuration;
    const whole = inner.chunk_shape.every((size, axis) => size > 0 && shard[axis] % size === 0);
    assert(whole, `${shard} is no multiple of ${inner.chunk_shape}`);
    const little = (codec) => codec.name === "bytes" && (codec.configuration?.endian === "little" || data_type === "uint8");
    assert(little(inner.codecs[0]), JSON.stringify(inner.codecs));
    assert.deepEqual(inner.codecs.slice(1).map((codec) => codec.name), encoding === "raw" ? [] : [encoding]);
    assert.equal(inner.index_location ?? "end", "end");
    assert.deepEqual(inner.index_codecs.map((codec) => codec.name), ["bytes", "crc32c"]);
    assert.equal(inner.index_codecs[0].configuration.endian, "little");

    const { separator } = { separator: "/", ...chunk_key_encoding.configuration };
    assert.deepEqual([chunk_key_encoding.name, separator], ["default", "/"]);
    let shards = 0;
    for (const key of readdirSync(folder, { recursive: true }).filter((name) => statSync(join(folder, name)).isFile())) {
        if (key === "zarr.json") continue;
        const place = key.split("/");
        assert.equal(place.shift(), "c", `${folder}: ${key} is no shard`);
        const inside = place.length === shape.length && place.every((at, axis) => at * shard[axis] < shape[axis]);
        assert(inside, `${key} is outside of ${shape}`);
        judgeShard(join(folder, key), count(shard.map((size, axis) => size / inner.chunk_shape[axis])));
        ++shards;
    }
    return ` in ${shards} shards of ${shard} in chunks of ${inner.chunk_shape}`;
}

async function judge({ name, version, store, levels, spaced, encoding }) {
    const files = new FileSystemStore(store);
    const open = version === "0.5" ? zarr.open.v3 : zarr.open.v2;
    const root = zarr.root(files);
    const group = await open(root, { kind: "group" });
    assert("stack2nrrd" in group.attrs, "no attribute stack2nrrd");
    const ome = version === "0.5" ? group.attrs.ome : group.attrs.multiscales[0];
    assert.equal(ome.version, version);
    const multiscale = (version === "0.5" ? ome : group.attrs).multiscales[0];
    assert.equal(multiscale.datasets.length, levels.length);
    for (const [i, path] of levels.entries()) {
        const level = multiscale.datasets[i];
        const expected = readNrrd(path);
        const channel = expected.channels > 1;
        const axes = [...(channel ? [{ name: "c", type: "channel" }] : []),
            ...["z", "y", "x"].map((axis) => ({ name: axis, type: "space", ...(spaced ? { unit: "millimeter" } : {}) }))];
        assert.deepEqual(multiscale.axes, axes);
        assert.deepEqual(level.coordinateTransformations, [
            { type: "scale", scale: [...(channel ? [1] : []), ...expected.spacing.reverse()] },
            { type: "translation", translation: [...(channel ? [0] : []), ...expected.origin.reverse()] },
        ]);

        const array = await open(root.resolve(level.path), { kind: "array" });
        assert.deepEqual(array.shape, expected.shape);
        assert.equal(array.dtype, expected.type);
        const { data } = await zarr.get(array);
        assert.equal(data.length, expected.data.length);
        const unequal = data.reduce((sum, sample, at) => sum + (sample !== expected.data[at]), 0);
        assert(unequal === 0, `${unequal} of ${data.length} samples of level ${level.path} differ`);
        const layout = version === "0.5"
            ? judgeMetadata(join(store, level.path), readJson(store, level.path, "zarr.json"), axes, encoding) : "";
        console.log(`${name}, level ${level.path}: ${data.length} samples${layout}`);
    }
}

const cases = readJson(process.argv[2]);
assert(cases.length > 0);
for (const one of cases) {
    await judge(one).catch((error) => {
        console.log(`${one.name}: ${error.message}`);
        process.exitCode = 1;
    });
}
