import { describe, expect, it } from "vitest";
import { AudiencePosition, createAudiencePositionTable } from "../../src/objects/audience-position.ts";
import { Schema } from "../../src/objects/schema.ts";
import { counting, DAY } from "./shard.ts";
import { withSql } from "./stored.ts";

const open = (sql: SqlStorage) => new AudiencePosition(sql, new Schema(sql, [createAudiencePositionTable]));

describe("where a user's log stands in the audience", () => {
  it("is nowhere, in no table, before something of the audience lies there", () =>
    withSql((sql) => {
      expect(open(sql).read()).toBeUndefined();
      expect(sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'audience_position'").toArray()).toEqual([]);
    }));

  it("is what was written last, in one row, also after waking", () =>
    withSql((storage) => {
      const { sql, rowsWritten } = counting(storage);
      const position = open(sql);
      position.write({ epoch: "e", offset: 1 });
      rowsWritten();
      position.write({ epoch: "e", offset: DAY });
      expect(rowsWritten()).toBe(1);
      for (const one of [position, open(sql)]) expect(one.read()).toEqual({ epoch: "e", offset: DAY });
      open(sql).write({ epoch: "f", offset: 0 });
      expect(open(sql).read()).toEqual({ epoch: "f", offset: 0 });
      expect(sql.exec("SELECT * FROM audience_position").toArray()).toHaveLength(1);
    }));

  it("is not taken for nowhere where the tables came after it was read", () =>
    withSql((sql) => {
      const schema = new Schema(sql, [createAudiencePositionTable]);
      const position = new AudiencePosition(sql, schema);
      expect(position.read()).toBeUndefined();
      schema.ensure();
      expect(position.read()).toBeUndefined();
      position.write({ epoch: "e", offset: 3 });
      expect(position.read()).toEqual({ epoch: "e", offset: 3 });
    }));
});
