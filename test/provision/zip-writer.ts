/** Writes ZIP archives as wheels are, and ones that are damaged on purpose. */
import { crc32, deflateRawSync } from 'node:zlib'

export interface Member {
  readonly name: string
  readonly data: string | Buffer
  /** Permissions of the file. */
  readonly mode?: number
  /** The CRC to record, if it is to be a wrong one. */
  readonly crc?: number
  readonly stored?: boolean
}

/** One member: what stands before its data, the data, and what the directory at the end says of it. */
interface Packed { readonly local: Buffer, readonly directory: (offset: number) => Buffer }

function pack ({ name, data, mode = 0o644, crc, stored = false }: Member): Packed {
  const [bytes, label] = [Buffer.from(data), Buffer.from(name)]
  const body = stored ? bytes : deflateRawSync(bytes)
  const common = Buffer.alloc(26)
  common.writeUInt16LE(20, 0)
  common.writeUInt16LE(1 << 11, 2)
  common.writeUInt16LE(stored ? 0 : 8, 4)
  common.writeUInt32LE(crc ?? crc32(bytes), 10)
  common.writeUInt32LE(body.length, 14)
  common.writeUInt32LE(bytes.length, 18)
  common.writeUInt16LE(label.length, 22)
  return {
    local: Buffer.concat([signature(0x04034b50), common, label, body]),
    directory: offset => Buffer.concat([signature(0x02014b50), Buffer.from([20, 3]), common, directoryEnd(mode, offset), label])
  }
}

function directoryEnd (mode: number, offset: number): Buffer {
  const end = Buffer.alloc(14)
  end.writeUInt32LE(((0o100000 | mode) << 16) >>> 0, 6)
  end.writeUInt32LE(offset, 10)
  return end
}

function signature (value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

export function zipOf (members: readonly Member[]): Buffer {
  const packed = members.map(pack)
  let offset = 0
  const directory = Buffer.concat(packed.map(member => {
    const entry = member.directory(offset)
    offset += member.local.length
    return entry
  }))
  const end = Buffer.alloc(18)
  end.writeUInt16LE(members.length, 4)
  end.writeUInt16LE(members.length, 6)
  end.writeUInt32LE(directory.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...packed.map(({ local }) => local), directory, signature(0x06054b50), end])
}
