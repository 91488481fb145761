// The kernels that exist at several levels, written once. kernels.c includes
// this file once per level, with these macros set:
//   NAME(f)  the level's name of f         TARGET  its target attribute, if any
//   VL       floats in a vector            MR      rows of a tile two vectors wide
//   MR1      rows of a tile one vector wide
//   FMA      a*b + c on vectors            SQRT    square root of a vector
//   VREG     the asm constraint of a vector register
// norm.h and conv.h continue it with batch normalisation and the convolutions.
//
// Vectors run across outputs: lane j of a vector belongs to output column j, and
// each output is one sum over p = 0, 1, 2, ... from its bias on. The order of no
// sum depends on VL, MR or the tails, so levels with the same FMA agree bit for bit.

typedef float NAME(vec) __attribute__((vector_size(VL * 4), may_alias));
typedef float NAME(mem) __attribute__((vector_size(VL * 4), aligned(4), may_alias));
typedef int32_t NAME(ivec) __attribute__((vector_size(VL * 4), may_alias));

#define vec NAME(vec)
#define mem NAME(mem)
#define ivec NAME(ivec)
#define INLINE static inline __attribute__((always_inline)) TARGET
#define SPLAT(x) ((x) - (vec){0}) // x - 0 keeps every value, -0 and NaN included

INLINE vec NAME(relu)(vec v) { return (vec)((ivec)v & ~(v < 0)); } // NaN stays NaN

// tile computes `rows` rows of `vs` vectors; both are constants after inlining.
// Each sum starts from `start` (vs vectors) and adds its terms as the walk says;
// `end` says what becomes of it, and width how many columns exist.
INLINE void NAME(tile)(const int rows, const int vs, const ek_walk *t, const float *a, const float *b,
                       const float *start, int end, float *c, long ldc, long width) {
    vec acc[MR1][2];
#pragma GCC unroll 24
    for (int r = 0; r < rows; r++) {
#pragma GCC unroll 2
        for (int v = 0; v < vs; v++) acc[r][v] = *(const mem *)(start + v * VL);
    }
    const long terms = t->terms, a_row = t->a_row, a_term = t->a_term, b_term = t->b_term;
    for (long s = 0; s < t->segments; s++) {
        const float *as = a + s * t->a_segment, *bs = b + s * t->b_segment;
        for (long p = 0; p < terms; p++) {
            vec y[2];
#pragma GCC unroll 2
            for (int v = 0; v < vs; v++) y[v] = *(const mem *)(bs + p * b_term + v * VL);
            const float *at = as + p * a_term;
#pragma GCC unroll 24
            for (int r = 0; r < rows; r++) {
                // Four rows from one address; hiding it keeps the compiler from holding
                // the multiples of a_row, for which there are not registers enough.
                if (r > 0 && r % 4 == 0) {
                    at += 4 * a_row;
                    __asm__("" : "+r"(at));
                }
                vec x = SPLAT(at[(r % 4) * a_row]);
#pragma GCC unroll 2
                for (int v = 0; v < vs; v++) acc[r][v] = FMA(x, y[v], acc[r][v]);
            }
        }
    }
    if (end == EK_RELU) {
#pragma GCC unroll 24
        for (int r = 0; r < rows; r++) {
#pragma GCC unroll 2
            for (int v = 0; v < vs; v++) acc[r][v] = NAME(relu)(acc[r][v]);
        }
    }
    if (width == vs * VL) {
#pragma GCC unroll 24
        for (int r = 0; r < rows; r++) {
#pragma GCC unroll 2
            for (int v = 0; v < vs; v++) {
                mem *out = (mem *)(c + r * ldc + v * VL);
                if (end == EK_ADD) acc[r][v] += *out;
                *out = acc[r][v];
            }
        }
        return;
    }
    float last[MR1][2 * VL];
#pragma GCC unroll 24
    for (int r = 0; r < rows; r++) {
#pragma GCC unroll 2
        for (int v = 0; v < vs; v++) *(mem *)(last[r] + v * VL) = acc[r][v];
    }
    for (int r = 0; r < rows; r++)
        for (long j = 0; j < width; j++) c[r * ldc + j] = end == EK_ADD ? c[r * ldc + j] + last[r][j] : last[r][j];
}

// The tiles by their rows, as functions: two vectors wide up to MR rows, one
// vector wide up to MR1.
typedef void NAME(tile_fn)(const ek_walk *t, const float *a, const float *b, const float *start, int end, float *c,
                           long ldc, long width);
#define TILE(rows, vs)                                                                                            \
    static TARGET __attribute__((noinline)) void NAME(tile_##rows##x##vs)(const ek_walk *t, const float *a,       \
                                                                          const float *b, const float *start,     \
                                                                          int end, float *c, long ldc, long width) { \
        NAME(tile)(rows, vs, t, a, b, start, end, c, ldc, width);                                                 \
    }
TILE(1, 2) TILE(2, 2) TILE(3, 2) TILE(4, 2)
TILE(1, 1) TILE(2, 1) TILE(3, 1) TILE(4, 1) TILE(5, 1) TILE(6, 1) TILE(7, 1) TILE(8, 1)
#if MR > 4
TILE(5, 2) TILE(6, 2)
TILE(9, 1) TILE(10, 1) TILE(11, 1) TILE(12, 1)
#endif
#if MR > 6
TILE(7, 2) TILE(8, 2) TILE(9, 2) TILE(10, 2) TILE(11, 2) TILE(12, 2) TILE(13, 2) TILE(14, 2)
TILE(13, 1) TILE(14, 1) TILE(15, 1) TILE(16, 1) TILE(17, 1) TILE(18, 1) TILE(19, 1) TILE(20, 1)
TILE(21, 1) TILE(22, 1) TILE(23, 1) TILE(24, 1)
#endif
#undef TILE

#define T2(rows) NAME(tile_##rows##x2)
#define T1(rows) NAME(tile_##rows##x1)
static NAME(tile_fn) *const NAME(tiles)[3][25] = {
    {0},
    {0, T1(1), T1(2), T1(3), T1(4), T1(5), T1(6), T1(7), T1(8),
#if MR > 4
     T1(9), T1(10), T1(11), T1(12),
#endif
#if MR > 6
     T1(13), T1(14), T1(15), T1(16), T1(17), T1(18), T1(19), T1(20), T1(21), T1(22), T1(23), T1(24),
#endif
    },
    {0, T2(1), T2(2), T2(3), T2(4),
#if MR > 4
     T2(5), T2(6),
#endif
#if MR > 6
     T2(7), T2(8), T2(9), T2(10), T2(11), T2(12), T2(13), T2(14),
#endif
    },
};
#undef T1
#undef T2

// panel_rows runs all row tiles of one panel of `room` columns. A short last tile
// would wait for its own sums, so the last two are made of nearly equal height.
static TARGET void NAME(panel_rows)(long room, long m, const ek_walk *t, const float *a, const float *b,
                                    const float *start, int end, float *c, long ldc, long width) {
    const int vs = room > VL ? 2 : 1;
    long most = vs == 2 ? MR : MR1;
    // Rows 4 KB apart share a set of the first cache, which holds eight of them at least.
    if (t->a_row % 1024 == 0 && most > 8) most = 8;
    while (m > 0) {
        long rows = m < most ? m : most;
        if (m > most && m < 2 * most) rows = (m + 1) / 2;
        NAME(tiles)[vs][rows](t, a, b, start, end, c, ldc, width);
        if (t->ahead) ek_fetch(t->ahead);
        a += rows * t->a_row;
        c += rows * ldc;
        m -= rows;
    }
}

// room is the width of the panel of which n columns are left.
INLINE long NAME(room)(long n) { return n > VL ? 2 * VL : VL; }

// pack copies k rows of `width` columns of B side by side and pads each row with
// zeros to `room`.
static TARGET void NAME(pack)(long k, long width, long room, const float *b, long b_row, long b_col, float *panel) {
    if (b_col == 1 && width == 2 * VL) {
        for (long p = 0; p < k; p++, b += b_row, panel += 2 * VL) {
            *(mem *)panel = *(const mem *)b;
            *(mem *)(panel + VL) = *(const mem *)(b + VL);
        }
        return;
    }
    if (b_col == 1) {
        long whole = width >= VL ? VL : 0;
        for (long p = 0; p < k; p++, b += b_row, panel += room) {
            if (whole) *(mem *)panel = *(const mem *)b;
            for (long j = whole; j < width; j++) panel[j] = b[j];
            for (long j = width; j < room; j++) panel[j] = 0;
        }
        return;
    }
    if (width < room) memset(panel, 0, k * room * sizeof(float));
    for (long from = 0; from < k; from += 8) {
        long to = k < from + 8 ? k : from + 8;
        for (long j = 0; j < width; j++)
            for (long p = from; p < to; p++) panel[p * room + j] = b[p * b_row + j * b_col];
    }
}

// gemm_turned computes C transposed, panel by panel of C's rows, and writes it
// turned: for few columns, of which a panel would be mostly padding. The terms of
// each sum and their order are the same.
static TARGET void NAME(gemm_turned)(long m, long n, long k, const float *a, long a_col, const float *b, long b_row,
                                     float *c, long ldc, float *scratch) {
    const float zeros[2 * VL] = {0};
    float *turned = scratch, *panel = scratch + EK_TURNED * EK_PANEL;
    for (long i = 0; i < m;) {
        long room = NAME(room)(m - i), width = m - i < room ? m - i : room;
        NAME(pack)(k, width, room, a + i, a_col, 1, panel);
        ek_walk t = {.segments = 1, .terms = k, .a_row = 1, .a_term = b_row, .b_term = room};
        NAME(panel_rows)(room, n, &t, b, panel, zeros, EK_STORE, turned, room, room);
        for (long r = 0; r < width; r++)
            for (long j = 0; j < n; j++) c[(i + r) * ldc + j] = turned[j * room + r];
        i += width;
    }
}

static TARGET void NAME(gemm)(long m, long n, long k, const float *a, long a_row, long a_col, const float *b, long b_row,
                              long b_col, const float *bias, int relu, float *c, long ldc, float *scratch) {
    if (!bias && !relu && a_row == 1 && b_col == 1 && n <= EK_TURNED && m >= 4 * VL) {
        NAME(gemm_turned)(m, n, k, a, a_col, b, b_row, c, ldc, scratch);
        return;
    }
    int end = relu ? EK_RELU : EK_STORE;
    for (long j = 0; j < n;) {
        long room = NAME(room)(n - j), width = n - j < room ? n - j : room;
        float start[2 * VL] = {0};
        if (bias) memcpy(start, bias + j, width * sizeof(float));
        NAME(pack)(k, width, room, b + j * b_col, b_row, b_col, scratch);
        ek_walk t = {.segments = 1, .terms = k, .a_row = a_row, .a_term = a_col, .b_term = room};
        NAME(panel_rows)(room, m, &t, a, scratch, start, end, c + j, ldc, width);
        j += width;
    }
}

// exp1 is e^x for one vector. x = n ln 2 + r with |r| <= ln(2)/2 in two steps
// (Cody and Waite), e^r by the degree-6 polynomial of the Cephes library's expf
// (Moshier), 2^n by its bits. Below -87 the result is 0, above 88 infinity;
// relative error below 2e-7 between; NaN gives NaN.
INLINE vec NAME(exp1)(vec x) {
    const vec magic = SPLAT(12582912.0f); // 1.5 * 2^23: adding it rounds to an integer
    vec t = FMA(x, SPLAT(1.44269504088896341f), magic);
    vec n = t - magic;
    vec r = FMA(n, SPLAT(-0.693359375f), x);
    r = FMA(n, SPLAT(2.12194440e-4f), r);
    vec y = SPLAT(1.9875691500e-4f);
    y = FMA(y, r, SPLAT(1.3981999507e-3f));
    y = FMA(y, r, SPLAT(8.3334519073e-3f));
    y = FMA(y, r, SPLAT(4.1665795894e-2f));
    y = FMA(y, r, SPLAT(1.6666665459e-1f));
    y = FMA(y, r, SPLAT(5.0000001201e-1f));
    y = FMA(y, r * r, r) + 1.0f;
    ivec bits = (((ivec)t - (ivec)magic) + 127) << 23;
    y = y * (vec)bits;
    y = (vec)((ivec)y & ~(x < -87.0f));
    ivec over = x > 88.0f;
    return (vec)(((ivec)SPLAT(__builtin_inff()) & over) | ((ivec)y & ~over));
}

static TARGET void NAME(exp)(long n, float *x) {
    long i = 0;
    for (; i + VL <= n; i += VL) *(mem *)(x + i) = NAME(exp1)(*(mem *)(x + i));
    if (i < n) {
        float last[VL] = {0};
        memcpy(last, x + i, (n - i) * sizeof(float));
        *(mem *)last = NAME(exp1)(*(mem *)last);
        memcpy(x + i, last, (n - i) * sizeof(float));
    }
}

// part reads, and put writes, the first n numbers of a vector.
INLINE vec NAME(part)(const float *x, long n) {
    if (n >= VL) return *(const mem *)x;
    float some[VL] = {0};
    memcpy(some, x, n * sizeof(float));
    return *(const mem *)some;
}

INLINE void NAME(put)(float *x, long n, vec v) {
    if (n >= VL) {
        *(mem *)x = v;
        return;
    }
    float some[VL];
    *(mem *)some = v;
    memcpy(x, some, n * sizeof(float));
}

// relu_grad cuts by masks, since a branch on every sign would be mispredicted half the time.
static TARGET void NAME(relu_grad)(long n, const float *y, const float *dy, float *out) {
    for (long i = 0; i < n; i += VL)
        NAME(put)(out + i, n - i, (vec)((ivec)NAME(part)(dy + i, n - i) & (NAME(part)(y + i, n - i) > 0)));
}

// standardize is written out for a single row; see ek_standardize.
static TARGET void NAME(standardize)(long n, const float *x, const float *mean, const float *scale, float *out) {
    long i = 0;
    for (; i + VL <= n; i += VL)
        *(mem *)(out + i) = (*(const mem *)(x + i) - *(const mem *)(mean + i)) * *(const mem *)(scale + i);
    for (; i < n; i++) out[i] = (x[i] - mean[i]) * scale[i];
}

INLINE void NAME(adamw1)(float *p, const float *g, float *m, float *v, float decay, double beta1, double beta2,
                         float rate, float root, float eps) {
    vec grad = *(const mem *)g;
    vec mean = *(mem *)m * (float)beta1 + grad * (float)(1 - beta1);
    vec square = *(mem *)v * (float)beta2 + grad * grad * (float)(1 - beta2);
    *(mem *)m = mean;
    *(mem *)v = square;
    *(mem *)p = *(mem *)p * decay - mean / (SQRT(square) / root + eps) * rate;
}

static TARGET void NAME(adamw)(long n, float *p, const float *g, float *m, float *v, float decay, double beta1,
                               double beta2, float rate, float root, float eps) {
    long i = 0;
    for (; i + VL <= n; i += VL) NAME(adamw1)(p + i, g + i, m + i, v + i, decay, beta1, beta2, rate, root, eps);
    if (i < n) {
        float tp[VL] = {0}, tg[VL] = {0}, tm[VL] = {0}, tv[VL] = {0};
        size_t rest = (n - i) * sizeof(float);
        memcpy(tp, p + i, rest);
        memcpy(tg, g + i, rest);
        memcpy(tm, m + i, rest);
        memcpy(tv, v + i, rest);
        NAME(adamw1)(tp, tg, tm, tv, decay, beta1, beta2, rate, root, eps);
        memcpy(p + i, tp, rest);
        memcpy(m + i, tm, rest);
        memcpy(v + i, tv, rest);
    }
}

// peak keeps 12 sums going, more than any unit's latency needs. The empty asm
// hides the sums' values, so that no round can be left out.
static TARGET double NAME(peak)(long n) {
    vec acc[12], x = SPLAT(0.5f), y = SPLAT(1.0f);
#pragma GCC unroll 12
    for (int i = 0; i < 12; i++) acc[i] = SPLAT((float)i);
    for (long k = 0; k < n; k++) {
#pragma GCC unroll 12
        for (int i = 0; i < 12; i++) {
            acc[i] = FMA(acc[i], x, y);
            __asm__ volatile("" : "+" VREG(acc[i]));
        }
    }
    return 2.0 * 12 * VL * n;
}

#include "norm.h"

#include "conv.h"

#undef vec
#undef mem
#undef ivec
#undef INLINE
#undef SPLAT
