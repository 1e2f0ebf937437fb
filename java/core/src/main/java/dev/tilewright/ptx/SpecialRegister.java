package dev.tilewright.ptx;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The predefined read-only registers (ISA section 10). */
public enum SpecialRegister {
  /** Indices and extents of three components, each u32. */
  TID(DataType.U32, 3),
  NTID(DataType.U32, 3),
  CTAID(DataType.U32, 3),
  NCTAID(DataType.U32, 3),
  CLUSTERID(DataType.U32, 3),
  NCLUSTERID(DataType.U32, 3),
  CLUSTER_CTAID(DataType.U32, 3),
  CLUSTER_NCTAID(DataType.U32, 3),
  CLUSTER_CTARANK(DataType.U32, 1),
  CLUSTER_NCTARANK(DataType.U32, 1),
  IS_EXPLICIT_CLUSTER(DataType.PRED, 1),
  LANEID(DataType.U32, 1),
  WARPID(DataType.U32, 1),
  NWARPID(DataType.U32, 1),
  SMID(DataType.U32, 1),
  NSMID(DataType.U32, 1),
  GRIDID(DataType.U64, 1),
  LANEMASK_EQ(DataType.U32, 1),
  LANEMASK_LE(DataType.U32, 1),
  LANEMASK_LT(DataType.U32, 1),
  LANEMASK_GE(DataType.U32, 1),
  LANEMASK_GT(DataType.U32, 1),
  CLOCK(DataType.U32, 1),
  CLOCK_HI(DataType.U32, 1),
  CLOCK64(DataType.U64, 1),
  GLOBALTIMER(DataType.U64, 1),
  GLOBALTIMER_LO(DataType.U32, 1),
  GLOBALTIMER_HI(DataType.U32, 1),
  TOTAL_SMEM_SIZE(DataType.U32, 1),
  AGGR_SMEM_SIZE(DataType.U32, 1),
  DYNAMIC_SMEM_SIZE(DataType.U32, 1),
  RESERVED_SMEM_OFFSET_BEGIN(DataType.B32, 1),
  RESERVED_SMEM_OFFSET_END(DataType.B32, 1),
  RESERVED_SMEM_OFFSET_CAP(DataType.B32, 1),
  CURRENT_GRAPH_EXEC(DataType.U64, 1),
  /** Numbered ones: the number is the operand's index. */
  RESERVED_SMEM_OFFSET_(DataType.B32, 2),
  ENVREG(DataType.B32, 32),
  PM(DataType.U32, 8),
  PM_64(DataType.U64, 8);

  private static final Map<String, Operand.Special> BY_NAME = new HashMap<>();

  static {
    for (SpecialRegister register : values()) {
      String name = "%" + register.name().toLowerCase(Locale.ROOT);
      boolean numbered = register.ordinal() >= RESERVED_SMEM_OFFSET_.ordinal();
      for (int i = 0; i < register.components; i++) {
        String full = name;
        if (register == PM_64) {
          full = "%pm" + i + "_64";
        } else if (numbered) {
          full = name + i;
        } else if (register.components == 3) {
          full = name + "." + "xyz".charAt(i);
        }
        BY_NAME.put(full, new Operand.Special(register, i));
      }
    }
  }

  private final DataType type;
  private final int components;

  SpecialRegister(DataType type, int components) {
    this.type = type;
    this.components = components;
  }

  /** The type it is read as. */
  public DataType type() {
    return type;
  }

  /** The operand of a name with its component, {@code %tid.x}, or null. */
  static Operand.Special named(String name) {
    return BY_NAME.get(name);
  }
}
