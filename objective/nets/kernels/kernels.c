// The hot operations of training, at three levels; see doc.go for the rules.
// Compiled as ISO C (-std=c11), where the compiler contracts no a*b+c by itself:
// a fused operation is fused because the source says so.
#include "kernels.h"

#include <math.h>
#include <string.h>

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

// ek_pack copies k rows of `width` columns of B side by side and pads each row
// with zeros to `room`.
static void ek_pack(long k, long width, long room, const float *b, long b_row, long b_col, float *panel) {
    if (width < room) memset(panel, 0, k * room * sizeof(float));
    if (b_col == 1) {
        for (long p = 0; p < k; p++) memcpy(panel + p * room, b + p * b_row, width * sizeof(float));
        return;
    }
    for (long j = 0; j < width; j++)
        for (long p = 0; p < k; p++) panel[p * room + j] = b[p * b_row + j * b_col];
}

// ek_walk says where the terms of a tile's sums are: term p of segment s of row
// r is a[r*a_row + s*a_segment + p*a_term] * b[s*b_segment + p*b_term], columns of
// b side by side. A matrix product has one segment, a 3x3 convolution one per line.
typedef struct {
    long segments, terms, a_row, a_segment, a_term, b_segment, b_term;
} ek_walk;

// What becomes of a finished sum: stored, stored after ReLU, or added to what is there.
enum { EK_STORE, EK_RELU, EK_ADD };

// ek_aligned rounds a number of floats up to whole cache lines.
static long ek_aligned(long n) { return (n + 15) / 16 * 16; }

// ek_padded is the size of an image of c channels with a border of one pixel.
static long ek_padded(const ek_conv *s, long c) { return ek_aligned((s->height + 2) * (s->width + 2) * c); }

// ek_panels is the room for the packed weights of a 3x3 convolution.
static long ek_panels(long in, long out) { return ek_aligned(9 * in * (out + EK_PANEL)); }

// ek_pad copies one image into the inside of a padded one, channels last.
static void ek_pad(const ek_conv *s, const float *x, float *pad) {
    long line = (s->width + 2) * s->in;
    pad += line + s->in;
    if (!s->planar) {
        for (long y = 0; y < s->height; y++)
            memcpy(pad + y * line, x + y * s->width * s->in, s->width * s->in * sizeof(float));
        return;
    }
    for (long c = 0; c < s->in; c++)
        for (long y = 0; y < s->height; y++)
            for (long i = 0; i < s->width; i++) pad[y * line + i * s->in + c] = *x++;
}

// The portable level: 128-bit vectors, which gcc and clang lower to whatever
// the machine has, and no fused operations.
#define NAME(f) ek_portable_##f
#define TARGET
#define VL 4
#define MR 4
#define FMA(a, b, c) ((a) * (b) + (c))
#if defined(__x86_64__)
#define VREG(v) "x"(v)
#elif defined(__aarch64__)
#define VREG(v) "w"(v)
#else
#define VREG(v) "m"(v)
#endif
static inline float ek_sqrt1(float x) { return sqrtf(x); }
#define SQRT(x) ((vec){ek_sqrt1((x)[0]), ek_sqrt1((x)[1]), ek_sqrt1((x)[2]), ek_sqrt1((x)[3])})
#include "level.h"
#undef NAME
#undef TARGET
#undef VL
#undef MR
#undef FMA
#undef SQRT
#undef VREG

#if defined(__x86_64__)
#include <immintrin.h>

#define NAME(f) ek_avx2_##f
#define TARGET __attribute__((target("avx2,fma")))
#define VL 8
#define MR 6
#define VREG(v) "x"(v)
#define FMA(a, b, c) ((vec)_mm256_fmadd_ps((__m256)(a), (__m256)(b), (__m256)(c)))
#define SQRT(x) ((vec)_mm256_sqrt_ps((__m256)(x)))
#include "level.h"
#undef NAME
#undef TARGET
#undef VL
#undef MR
#undef FMA
#undef SQRT
#undef VREG

#define NAME(f) ek_avx512_##f
#define TARGET __attribute__((target("avx512f,avx512dq,avx2,fma")))
#define VL 16
#define MR 8
#define VREG(v) "v"(v)
#define FMA(a, b, c) ((vec)_mm512_fmadd_ps((__m512)(a), (__m512)(b), (__m512)(c)))
#define SQRT(x) ((vec)_mm512_sqrt_ps((__m512)(x)))
#include "level.h"
#endif

int ek_supported(int level) {
    if (level == EK_PORTABLE) return 1;
#if defined(__x86_64__)
    int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (level == EK_AVX2) return avx2;
    if (level == EK_AVX512) return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq");
#endif
    return 0;
}

// The table by which a level is called. Levels that do not exist on this
// architecture are never selected (ek_supported) and stand as portable.
typedef struct {
    __typeof__(ek_portable_gemm) *gemm;
    __typeof__(ek_portable_exp) *exp;
    __typeof__(ek_portable_adamw) *adamw;
    __typeof__(ek_portable_peak) *peak;
    __typeof__(ek_portable_conv) *conv;
    __typeof__(ek_portable_conv_grad) *conv_grad;
} ek_table;

static const ek_table tables[EK_LEVELS] = {
    {ek_portable_gemm, ek_portable_exp, ek_portable_adamw, ek_portable_peak, ek_portable_conv, ek_portable_conv_grad},
#if defined(__x86_64__)
    {ek_avx2_gemm, ek_avx2_exp, ek_avx2_adamw, ek_avx2_peak, ek_avx2_conv, ek_avx2_conv_grad},
    {ek_avx512_gemm, ek_avx512_exp, ek_avx512_adamw, ek_avx512_peak, ek_avx512_conv, ek_avx512_conv_grad},
#else
    {ek_portable_gemm, ek_portable_exp, ek_portable_adamw, ek_portable_peak, ek_portable_conv, ek_portable_conv_grad},
    {ek_portable_gemm, ek_portable_exp, ek_portable_adamw, ek_portable_peak, ek_portable_conv, ek_portable_conv_grad},
#endif
};

void ek_gemm(int level, long m, long n, long k, const float *a, long a_row, long a_col, const float *b, long b_row,
             long b_col, const float *bias, int relu, float *c, float *scratch) {
    tables[level].gemm(m, n, k, a, a_row, a_col, b, b_row, b_col, bias, relu, c, scratch);
}

void ek_exp(int level, long n, float *x) { tables[level].exp(n, x); }

void ek_adamw(int level, long n, float *p, const float *g, float *m, float *v, float decay, double beta1, double beta2,
              float rate, float root, float eps) {
    tables[level].adamw(n, p, g, m, v, decay, beta1, beta2, rate, root, eps);
}

double ek_peak(int level, long n) { return tables[level].peak(n); }

long ek_conv_scratch(const ek_conv *s) {
    long panels = ek_panels(s->in, s->out), flipped = ek_panels(s->out, s->in);
    long forward = panels + 2 * s->width * s->out;
    long backward = flipped + ek_padded(s, s->out) + EK_PANEL + s->out;
    return ek_padded(s, s->in) + (forward > backward ? forward : backward);
}

void ek_conv_block(int level, const ek_conv *s, const float *x, const float *w, const float *bias, float *y,
                   uint8_t *taken, float *scratch) {
    tables[level].conv(s, x, w, bias, y, taken, scratch);
}

void ek_conv_block_grad(int level, const ek_conv *s, const float *x, const float *w, const float *dy,
                        const uint8_t *taken, float *dw, float *db, float *dx, float *scratch) {
    tables[level].conv_grad(s, x, w, dy, taken, dw, db, dx, scratch);
}

void ek_sgd(long n, float *restrict p, const float *restrict g, float *restrict v, float rate, float momentum,
            float decay) {
    for (long i = 0; i < n; i++) {
        v[i] = v[i] * momentum + (g[i] + p[i] * decay);
        p[i] = p[i] - v[i] * rate;
    }
}

void ek_relu_grad(long n, const float *restrict y, const float *restrict dy, float *restrict out) {
    for (long i = 0; i < n; i++) out[i] = y[i] > 0 ? dy[i] : 0;
}

void ek_mul(long n, const float *restrict x, const float *restrict y, float *restrict out) {
    for (long i = 0; i < n; i++) out[i] = x[i] * y[i];
}

void ek_standardize(long rows, long columns, const float *restrict x, const float *restrict mean,
                    const float *restrict scale, float *restrict out) {
    for (long i = 0; i < rows; i++)
        for (long j = 0; j < columns; j++) out[i * columns + j] = (x[i * columns + j] - mean[j]) * scale[j];
}

void ek_column_sums(long rows, long columns, const float *restrict x, float *restrict out) {
    for (long j = 0; j < columns; j++) out[j] = 0;
    for (long i = 0; i < rows; i++)
        for (long j = 0; j < columns; j++) out[j] += x[i * columns + j];
}

// ek_log: x = 2^e f with f in [sqrt(1/2), sqrt 2), ln f = 2 artanh(s) with
// s = (f-1)/(f+1), |s| < 0.1716, by its Taylor series to s^19: absolute error of
// the series below 2e-17. Every operation is a plain IEEE one, so the result is the
// same everywhere.
double ek_log(double x) {
    int e;
    double f = frexp(x, &e);
    if (f < 0.70710678118654752440) {
        f *= 2;
        e--;
    }
    double s = (f - 1) / (f + 1), q = s * s, sum = 0;
    for (int i = 19; i >= 3; i -= 2) sum = (sum + 1.0 / i) * q;
    return e * 0.69314718055994530942 + (2 * s + 2 * s * sum);
}

double ek_softmax_ce(int level, long rows, long classes, const float *z, const uint16_t *labels, const float *weights,
                     const float *offset, float *grad, double *weight_sum) {
    // grad first holds the logits less their row's largest.
    for (long i = 0; i < rows; i++) {
        const float *in = z + i * classes;
        float *row = grad + i * classes;
        float top = -INFINITY;
        for (long c = 0; c < classes; c++) {
            row[c] = offset ? in[c] + offset[c] : in[c];
            top = row[c] > top ? row[c] : top;
        }
        for (long c = 0; c < classes; c++) row[c] -= top;
    }
    double sum_w = 0;
    for (long i = 0; i < rows; i++) sum_w += weights ? weights[i] : 1;
    *weight_sum = sum_w;
    double loss = 0;
    for (long i = 0; i < rows; i++) {
        double w = weights ? weights[i] : 1;
        float *row = grad + i * classes;
        double own = row[labels[i]], sum = 0;
        ek_exp(level, classes, row);
        for (long c = 0; c < classes; c++) sum += row[c];
        if (w != 0) loss += w * (ek_log(sum) - own);
        double scale = w / sum_w;
        for (long c = 0; c < classes; c++) row[c] = (float)((row[c] / sum - (c == labels[i])) * scale);
    }
    return loss / sum_w;
}
