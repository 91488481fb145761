// The hot operations of training, at three levels; see doc.go for the rules.
// Compiled as ISO C (-std=c11), where the compiler contracts no a*b+c by itself:
// a fused operation is fused because the source says so.
#include "kernels.h"

#include <math.h>
#include <string.h>

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

// ek_walk says where the terms of a tile's sums are: term p of segment s of row
// r is a[r*a_row + s*a_segment + p*a_term] * b[s*b_segment + p*b_term], columns of
// b side by side. A matrix product has one segment, a 3x3 convolution one per line.
typedef struct {
    long segments, terms, a_row, a_segment, a_term, b_segment, b_term;
} ek_walk;

// What becomes of a finished sum: stored, stored after ReLU, or added to what is there.
enum { EK_STORE, EK_RELU, EK_ADD };

// The most columns of a product that is computed turned.
enum { EK_TURNED = 12 };

// ek_aligned rounds a number of floats up to whole cache lines.
static long ek_aligned(long n) { return (n + 15) / 16 * 16; }

// ek_outputs is the height or width of what a convolution makes of n pixels.
static long ek_outputs(long n, const ek_conv *s) { return (n - 1) / s->stride + 1; }

// ek_block_lines is how many lines of `width` outputs one sum of a gradient by a
// weight runs over: about 256 pixels, which the first cache holds.
static long ek_block_lines(long width) { return width < 256 ? 256 / width : 1; }

// ek_image is where the first window of an image lies, and the numbers of a line.
typedef struct {
    const float *at;
    long line;
} ek_image;

// ek_room divides scratch memory.
typedef struct {
    float *pad, *dpad, *panels, *lines;
    long size;
} ek_room;

// ek_layout lays scratch memory out: a padded input image, a padded image of
// outputs, packed weights, and some lines of outputs in a panel; and sets the padded
// images to 0 unless scratch is NULL.
static ek_room ek_layout(const ek_conv *s, float *scratch) {
    long height = ek_outputs(s->height, s), width = ek_outputs(s->width, s), taps = s->kernel * s->kernel;
    long pad = ek_aligned((s->height + 2) * (s->width + 2) * s->in), dpad = ek_aligned((height + 2) * (width + 2) * s->out);
    long forward = taps * s->in * (s->out + EK_PANEL), back = taps * s->out * (s->in + EK_PANEL);
    long panels = ek_aligned(forward > back ? forward : back);
    // Two lines of pixels to pool, a block of lines, or sums by channel.
    long lines = 2 * width > 256 ? 2 * width * EK_PANEL : 256 * EK_PANEL;
    ek_room r = {.size = pad + dpad + panels + ek_aligned(lines > s->out ? lines : s->out)};
    if (!scratch) return r;
    r.pad = scratch, r.dpad = r.pad + pad, r.panels = r.dpad + dpad, r.lines = r.panels + panels;
    memset(scratch, 0, (pad + dpad) * sizeof(float));
    return r;
}

// ek_inside is the image of outputs inside a padded one.
static ek_image ek_inside(const ek_conv *s, const float *dpad) {
    long line = (ek_outputs(s->width, s) + 2) * s->out;
    return (ek_image){dpad + line + s->out, line};
}

// ek_pad copies one image into the inside of a padded one, channels last; the
// windows of a 1x1 convolution need no padding.
static ek_image ek_pad(const ek_conv *s, const float *x, float *pad) {
    if (s->kernel == 1 && !s->planar) return (ek_image){x, s->width * s->in};
    long line = (s->width + 2) * s->in;
    float *to = pad + line + s->in;
    ek_image image = {s->kernel == 1 ? to : pad, line};
    if (!s->planar) {
        for (long y = 0; y < s->height; y++)
            memcpy(to + y * line, x + y * s->width * s->in, s->width * s->in * sizeof(float));
        return image;
    }
    for (long y = 0; y < s->height; y++)
        for (long c = 0; c < s->in; c++)
            for (long i = 0; i < s->width; i++)
                to[y * line + i * s->in + c] = x[(c * s->height + y) * s->width + i];
    return image;
}

// ek_norm_grad holds what ek_convolve_grad is told of the gradient by the outputs.
typedef struct {
    const float *dz, *z, *y, *gain, *slope, *shift;
} ek_norm_grad;

// ek_taps are the taps, in one direction, that lead from input pixels u with
// u mod stride = kind to outputs: the first tap, how many there are, each `stride`
// less, and the output that the first leads to from u = kind.
typedef struct {
    long first, count, output;
} ek_taps;

static ek_taps ek_taps_of(const ek_conv *s, long kind) {
    long border = s->kernel / 2;
    ek_taps t = {0, 0, 0};
    for (long tap = s->kernel - 1; tap >= 0; tap--) {
        long up = kind + border - tap + s->stride; // of the output, times stride; not negative
        if (up % s->stride != 0) continue;
        if (t.count++ == 0) t.first = tap, t.output = up / s->stride - 1;
    }
    return t;
}

// The portable level: 128-bit vectors, which gcc and clang lower to whatever
// the machine has, and no fused operations.
#define NAME(f) ek_portable_##f
#define TARGET
#define VL 4
#define MR 4
#define MR1 8
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
#undef MR1
#undef FMA
#undef SQRT
#undef VREG

#if defined(__x86_64__)
#include <immintrin.h>

#define NAME(f) ek_avx2_##f
#define TARGET __attribute__((target("avx2,fma")))
#define VL 8
#define MR 6
#define MR1 12
#define VREG(v) "x"(v)
#define FMA(a, b, c) ((vec)_mm256_fmadd_ps((__m256)(a), (__m256)(b), (__m256)(c)))
#define SQRT(x) ((vec)_mm256_sqrt_ps((__m256)(x)))
#include "level.h"
#undef NAME
#undef TARGET
#undef VL
#undef MR
#undef MR1
#undef FMA
#undef SQRT
#undef VREG

#define NAME(f) ek_avx512_##f
#define TARGET __attribute__((target("avx512f,avx512dq,avx2,fma")))
#define VL 16
#define MR 8
#define MR1 16
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
    __typeof__(ek_portable_standardize) *standardize;
    __typeof__(ek_portable_relu_grad) *relu_grad;
    __typeof__(ek_portable_norm) *norm;
    __typeof__(ek_portable_norm_sums) *norm_sums;
    __typeof__(ek_portable_conv) *conv;
    __typeof__(ek_portable_conv_grad) *conv_grad;
    __typeof__(ek_portable_conv_block) *conv_block;
    __typeof__(ek_portable_conv_block_grad) *conv_block_grad;
} ek_table;

#define TABLE(l)                                                                                              \
    {                                                                                                         \
        ek_##l##_gemm, ek_##l##_exp, ek_##l##_adamw, ek_##l##_peak, ek_##l##_standardize, ek_##l##_relu_grad, \
            ek_##l##_norm, ek_##l##_norm_sums, ek_##l##_conv, ek_##l##_conv_grad, ek_##l##_conv_block,        \
            ek_##l##_conv_block_grad                                                                          \
    }
static const ek_table tables[EK_LEVELS] = {
    TABLE(portable),
#if defined(__x86_64__)
    TABLE(avx2),
    TABLE(avx512),
#else
    TABLE(portable),
    TABLE(portable),
#endif
};

void ek_gemm(int level, long m, long n, long k, const float *a, long a_row, long a_col, const float *b, long b_row,
             long b_col, const float *bias, int relu, float *c, long ldc, float *scratch) {
    tables[level].gemm(m, n, k, a, a_row, a_col, b, b_row, b_col, bias, relu, c, ldc, scratch);
}

void ek_exp(int level, long n, float *x) { tables[level].exp(n, x); }

void ek_adamw(int level, long n, float *p, const float *g, float *m, float *v, float decay, double beta1, double beta2,
              float rate, float root, float eps) {
    tables[level].adamw(n, p, g, m, v, decay, beta1, beta2, rate, root, eps);
}

double ek_peak(int level, long n) { return tables[level].peak(n); }

long ek_conv_scratch(const ek_conv *s) { return ek_layout(s, NULL).size; }

void ek_conv_block(int level, const ek_conv *s, const float *x, const float *w, const float *bias, float *y,
                   uint8_t *taken, float *scratch) {
    tables[level].conv_block(s, x, w, bias, y, taken, scratch);
}

void ek_conv_block_grad(int level, const ek_conv *s, const float *x, const float *w, const float *dy,
                        const uint8_t *taken, float *dw, float *db, float *dx, float *scratch) {
    tables[level].conv_block_grad(s, x, w, dy, taken, dw, db, dx, scratch);
}

void ek_convolve(int level, const ek_conv *s, const float *x, const float *w, float *y, float *moments,
                 float *scratch) {
    tables[level].conv(s, x, w, y, moments, scratch);
}

void ek_convolve_grad(int level, const ek_conv *s, const float *x, const float *w, const float *dz, const float *z,
                      const float *y, const float *gain, const float *slope, const float *shift, float *dw, float *dx,
                      int add, float *scratch) {
    ek_norm_grad g = {dz, z, y, gain, slope, shift};
    tables[level].conv_grad(s, x, w, &g, dw, dx, add, scratch);
}

void ek_norm(int level, long pixels, long channels, const float *y, const float *gain, const float *shift,
             const float *added, int relu, float *z) {
    tables[level].norm(pixels, channels, y, gain, shift, added, relu, z);
}

void ek_norm_sums(int level, long images, long pixels, long channels, const float *dz, const float *z, const float *y,
                  const float *mean, float *out) {
    for (long i = 0; i < images; i++) {
        long at = i * pixels * channels;
        tables[level].norm_sums(pixels, channels, dz + at, z ? z + at : NULL, y + at, mean, out + 2 * i * channels);
    }
}

void ek_relu_grad(int level, long n, const float *y, const float *dy, int add, float *out) {
    tables[level].relu_grad(n, y, dy, add, out);
}

void ek_sgd(long n, float *restrict p, const float *restrict g, float *restrict v, float rate, float momentum,
            float decay) {
    for (long i = 0; i < n; i++) {
        v[i] = v[i] * momentum + (g[i] + p[i] * decay);
        p[i] = p[i] - v[i] * rate;
    }
}

void ek_mul(long n, const float *restrict x, const float *restrict y, float *restrict out) {
    for (long i = 0; i < n; i++) out[i] = x[i] * y[i];
}

void ek_average(long images, long pixels, long channels, const float *restrict x, float *restrict y) {
    for (long i = 0; i < images; i++, y += channels) {
        for (long c = 0; c < channels; c++) y[c] = 0;
        for (long p = 0; p < pixels; p++, x += channels)
            for (long c = 0; c < channels; c++) y[c] += x[c];
        for (long c = 0; c < channels; c++) y[c] /= pixels;
    }
}

void ek_average_grad(long images, long pixels, long channels, const float *restrict dy, float *restrict dx) {
    for (long i = 0; i < images; i++, dy += channels)
        for (long p = 0; p < pixels; p++, dx += channels)
            for (long c = 0; c < channels; c++) dx[c] = dy[c] / pixels;
}

void ek_standardize(int level, long rows, long columns, const float *x, const float *mean, const float *scale,
                    float *out) {
    for (long i = 0; i < rows; i++) tables[level].standardize(columns, x + i * columns, mean, scale, out + i * columns);
}

void ek_sum_parts(long parts, long stride, long n, const float *restrict x, float *restrict out) {
    memcpy(out, x, n * sizeof(float));
    for (long p = 1; p < parts; p++)
        for (long i = 0; i < n; i++) out[i] += x[p * stride + i];
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
    double sum_w = 0, loss = 0;
    for (long i = 0; i < rows; i++) sum_w += weights ? weights[i] : 1;
    *weight_sum = sum_w;
    // Some rows at a time: the exponentials of all of them are one call.
    enum { SOME = 64 };
    for (long from = 0; from < rows; from += SOME) {
        long n = rows - from < SOME ? rows - from : SOME;
        float own[SOME], *block = grad + from * classes;
        for (long i = 0; i < n; i++) {
            const float *in = z + (from + i) * classes;
            float *row = block + i * classes, top = -INFINITY;
            for (long c = 0; c < classes; c++) {
                row[c] = offset ? in[c] + offset[c] : in[c];
                top = row[c] > top ? row[c] : top;
            }
            for (long c = 0; c < classes; c++) row[c] -= top;
            own[i] = row[labels[from + i]];
        }
        ek_exp(level, n * classes, block);
        for (long i = 0; i < n; i++) {
            double w = weights ? weights[from + i] : 1, sum = 0;
            float *row = block + i * classes;
            if (w == 0) { // whatever its logits are, NaN included
                memset(row, 0, classes * sizeof(float));
                continue;
            }
            for (long c = 0; c < classes; c++) sum += row[c];
            loss += w * (ek_log(sum) - own[i]);
            double scale = w / sum_w;
            for (long c = 0; c < classes; c++) row[c] = (float)((row[c] / sum - (c == labels[from + i])) * scale);
        }
    }
    return loss / sum_w;
}
