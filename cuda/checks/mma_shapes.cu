// One mma.sync for each shape and type: a tile per warp, its fragments straight from memory.
// Idea: each lane loads the registers of its fragments as they lie, [lane][register]; the case lays matrices out by the tables of the PTX
//       ISA. What comes out wrong is the layout or the arithmetic of one instruction, and nothing else.
// Launch: one block of 32.
// Shows: m16n8k8 and m16n8k16 f16 with f32 and f16 sums, bf16, m16n8k4 and m16n8k8 tf32, m8n8k16, m16n8k16 and m16n8k32 of s8 and u8,
//        .satfinite, m8n8k4 f64.

#define MMA(NAME, SUM, IN, A, B, D, STATEMENT)                                                \
  extern "C" __global__ void mma_##NAME(const IN* a, const IN* b, const SUM* c, SUM* out) {   \
    int lane = threadIdx.x;                                                                   \
    a += lane * A;                                                                            \
    b += lane * B;                                                                            \
    SUM d[D];                                                                                 \
    for (int i = 0; i < D; ++i) d[i] = c[lane * D + i];                                       \
    STATEMENT;                                                                                \
    for (int i = 0; i < D; ++i) out[lane * D + i] = d[i];                                     \
  }

// Named by the registers of A, B and the sum.
#define MMA_4_2_4(NAME, SUM, LETTER, TYPES)                                                                          \
  MMA(NAME, SUM, unsigned, 4, 2, 4,                                                                                  \
      asm("mma.sync.aligned." TYPES " {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"               \
          : "+" LETTER(d[0]), "+" LETTER(d[1]), "+" LETTER(d[2]), "+" LETTER(d[3])                                   \
          : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1])))
#define MMA_2_1_4(NAME, SUM, LETTER, TYPES)                                                                          \
  MMA(NAME, SUM, unsigned, 2, 1, 4,                                                                                  \
      asm("mma.sync.aligned." TYPES " {%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"                           \
          : "+" LETTER(d[0]), "+" LETTER(d[1]), "+" LETTER(d[2]), "+" LETTER(d[3])                                   \
          : "r"(a[0]), "r"(a[1]), "r"(b[0])))
#define MMA_4_2_2(NAME, TYPES)                                                                                       \
  MMA(NAME, unsigned, unsigned, 4, 2, 2,                                                                             \
      asm("mma.sync.aligned." TYPES " {%0, %1}, {%2, %3, %4, %5}, {%6, %7}, {%0, %1};"                               \
          : "+r"(d[0]), "+r"(d[1])                                                                                   \
          : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1])))
#define MMA_2_1_2(NAME, TYPES)                                                                                       \
  MMA(NAME, unsigned, unsigned, 2, 1, 2,                                                                             \
      asm("mma.sync.aligned." TYPES " {%0, %1}, {%2, %3}, {%4}, {%0, %1};"                                           \
          : "+r"(d[0]), "+r"(d[1])                                                                                   \
          : "r"(a[0]), "r"(a[1]), "r"(b[0])))
#define MMA_1_1_2(NAME, SUM, IN, LETTER, LETTER_IN, TYPES)                                                           \
  MMA(NAME, SUM, IN, 1, 1, 2,                                                                                        \
      asm("mma.sync.aligned." TYPES " {%0, %1}, {%2}, {%3}, {%0, %1};"                                               \
          : "+" LETTER(d[0]), "+" LETTER(d[1])                                                                       \
          : LETTER_IN(a[0]), LETTER_IN(b[0])))

MMA_2_1_4(m16n8k8_f16, float, "f", "m16n8k8.row.col.f32.f16.f16.f32")
MMA_4_2_4(m16n8k16_f16, float, "f", "m16n8k16.row.col.f32.f16.f16.f32")
MMA_2_1_2(m16n8k8_f16_f16, "m16n8k8.row.col.f16.f16.f16.f16")
MMA_4_2_2(m16n8k16_f16_f16, "m16n8k16.row.col.f16.f16.f16.f16")
MMA_2_1_4(m16n8k8_bf16, float, "f", "m16n8k8.row.col.f32.bf16.bf16.f32")
MMA_4_2_4(m16n8k16_bf16, float, "f", "m16n8k16.row.col.f32.bf16.bf16.f32")
MMA_2_1_4(m16n8k4_tf32, float, "f", "m16n8k4.row.col.f32.tf32.tf32.f32")
MMA_4_2_4(m16n8k8_tf32, float, "f", "m16n8k8.row.col.f32.tf32.tf32.f32")
MMA_1_1_2(m8n8k16_s8, int, unsigned, "r", "r", "m8n8k16.row.col.s32.s8.s8.s32")
MMA_2_1_4(m16n8k16_s8, int, "r", "m16n8k16.row.col.s32.s8.s8.s32")
MMA_4_2_4(m16n8k32_s8, int, "r", "m16n8k32.row.col.s32.s8.s8.s32")
MMA_1_1_2(m8n8k16_u8, int, unsigned, "r", "r", "m8n8k16.row.col.s32.u8.u8.s32")
MMA_2_1_4(m16n8k16_u8_s8, int, "r", "m16n8k16.row.col.s32.u8.s8.s32")
MMA_4_2_4(m16n8k32_s8_u8, int, "r", "m16n8k32.row.col.s32.s8.u8.s32")
MMA_4_2_4(m16n8k32_s8_saturated, int, "r", "m16n8k32.row.col.satfinite.s32.s8.s8.s32")
MMA_1_1_2(m8n8k4_f64, double, double, "d", "d", "m8n8k4.row.col.f64.f64.f64.f64")
