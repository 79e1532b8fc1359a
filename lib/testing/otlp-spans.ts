type Value = string | number | boolean | Value[] | null;

/** A span as a collector receives it. */
export interface TestSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer */
  kind: number;
  attributes: Record<string, Value>;
  events: { name: string; attributes: Record<string, Value> }[];
  links: { traceId: string; spanId: string }[];
  /** 0 unset, 1 ok, 2 error */
  status: { code: number; message: string };
  resource: Record<string, Value>;
}

interface JsonValue {
  stringValue?: string;
  intValue?: number | string;
  doubleValue?: number;
  boolValue?: boolean;
  arrayValue?: { values: JsonValue[] };
}
type JsonAttributes = { key: string; value: JsonValue }[] | undefined;
interface JsonSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  attributes?: JsonAttributes;
  events?: { name: string; attributes?: JsonAttributes }[];
  links?: { traceId: string; spanId: string }[];
  status?: { code?: number; message?: string };
}
interface JsonRequest {
  resourceSpans: { resource?: { attributes?: JsonAttributes }; scopeSpans: { spans: JsonSpan[] }[] }[];
}

const jsonValue = ({ arrayValue, ...one }: JsonValue): Value =>
  arrayValue ? arrayValue.values.map(jsonValue) : ((Object.values(one)[0] as Value | undefined) ?? null);

const recordOf = (attributes: JsonAttributes): Record<string, Value> =>
  Object.fromEntries((attributes ?? []).map(({ key, value }) => [key, jsonValue(value)]));

/** Returns the spans of an ExportTraceServiceRequest in JSON. */
export const spansOfJson = ({ resourceSpans }: JsonRequest): TestSpan[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ traceId, spanId, parentSpanId = '', name, kind, ...span }) => ({
        traceId,
        spanId,
        parentSpanId,
        name,
        kind,
        attributes: recordOf(span.attributes),
        events: (span.events ?? []).map((e) => ({ name: e.name, attributes: recordOf(e.attributes) })),
        links: (span.links ?? []).map((l) => ({ traceId: l.traceId, spanId: l.spanId })),
        status: { code: span.status?.code ?? 0, message: span.status?.message ?? '' },
        resource: recordOf(resource?.attributes),
      })),
    ),
  );

/** Parses a protobuf message into values by field number. Lengths and numbers here stay below 2^53. */
class Message {
  private readonly fields = new Map<number, (Buffer | number)[]>();
  private at = 0;

  constructor(private readonly bytes: Buffer) {
    while (this.at < bytes.length) {
      const tag = this.varint();
      const field = Math.floor(tag / 8);
      this.fields.set(field, [...(this.fields.get(field) ?? []), this.value(tag % 8)]);
    }
  }

  private varint(): number {
    for (let value = 0, factor = 1; ; factor *= 128) {
      const byte = this.bytes.readUInt8(this.at++);
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
  }

  private value(wireType: number): Buffer | number {
    if (wireType === 0) return this.varint();
    const size = wireType === 1 ? 8 : wireType === 5 ? 4 : wireType === 2 ? this.varint() : Number.NaN;
    if (Number.isNaN(size)) throw new Error(`no wire type ${wireType}`);
    this.at += size;
    return this.bytes.subarray(this.at - size, this.at);
  }

  bytesOf = (field: number): Buffer[] => (this.fields.get(field) ?? []) as Buffer[];
  all = (field: number): Message[] => this.bytesOf(field).map((b) => new Message(b));
  text = (field: number): string => this.bytesOf(field)[0]?.toString() ?? '';
  hex = (field: number): string => this.bytesOf(field)[0]?.toString('hex') ?? '';
  number = (field: number): number => (this.fields.get(field)?.[0] as number | undefined) ?? 0;
  has = (field: number): boolean => this.fields.has(field);
}

function anyValue(message: Message): Value {
  if (message.has(1)) return message.text(1);
  if (message.has(2)) return message.number(2) === 1;
  if (message.has(3)) return message.number(3);
  if (message.has(4)) return message.bytesOf(4)[0]?.readDoubleLE() ?? null;
  return message.all(5)[0]?.all(1).map(anyValue) ?? null;
}

const attributesOf = (message: Message, field: number): Record<string, Value> =>
  Object.fromEntries(message.all(field).map((pair) => [pair.text(1), pair.all(2).map(anyValue)[0] ?? null]));

/** The same in protobuf (opentelemetry/proto/trace/v1/trace.proto). */
export const spansOfProtobuf = (body: Buffer): TestSpan[] =>
  new Message(body).all(1).flatMap((resourceSpans) => {
    const resource = resourceSpans.all(1).map((r) => attributesOf(r, 1))[0] ?? {};
    return resourceSpans.all(2).flatMap((scopeSpans) =>
      scopeSpans.all(2).map((span) => ({
        traceId: span.hex(1),
        spanId: span.hex(2),
        parentSpanId: span.hex(4),
        name: span.text(5),
        kind: span.number(6),
        attributes: attributesOf(span, 9),
        events: span.all(11).map((e) => ({ name: e.text(2), attributes: attributesOf(e, 3) })),
        links: span.all(13).map((l) => ({ traceId: l.hex(1), spanId: l.hex(2) })),
        status: { code: span.all(15)[0]?.number(3) ?? 0, message: span.all(15)[0]?.text(2) ?? '' },
        resource,
      })),
    );
  });
