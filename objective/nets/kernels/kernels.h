// The C interface of package kernels: plain functions over float arrays, all
// matrices row-major. The first argument of a function that exists at several
// levels is the level (0 portable, 1 AVX2+FMA, 2 AVX-512F).
#ifndef EVENKEEL_KERNELS_H
#define EVENKEEL_KERNELS_H

#include <stdint.h>

enum { EK_PORTABLE = 0, EK_AVX2 = 1, EK_AVX512 = 2, EK_LEVELS = 3 };

// The widest column panel of any level, in floats.
enum { EK_PANEL = 32 };

// ek_supported reports whether this processor can run the level.
int ek_supported(int level);

// ek_gemm computes c = A*B + bias, then max(., 0) if relu. A is m x k, read as
// a[i*a_row + p*a_col]; B is k x n, read as b[p*b_row + j*b_col]; c is m x n,
// dense. bias has n entries or is NULL. scratch has room for k*EK_PANEL floats.
void ek_gemm(int level, long m, long n, long k, const float *a, long a_row, long a_col, const float *b, long b_row,
             long b_col, const float *bias, int relu, float *c, float *scratch);

// ek_conv is the shape of a convolution block: images of height x width pixels
// with `in` channels, `out` filters of 3x3 with padding 1, then ReLU and 2x2 max
// pooling. Images are channels-last; planar says that x is channel by channel.
typedef struct {
    long batch, height, width, in, out;
    int planar;
} ek_conv;

// ek_conv_scratch returns the number of floats that the two functions below need.
long ek_conv_scratch(const ek_conv *s);

// ek_conv_block computes y, batch x height/2 x width/2 x out, from w, 3 x 3 x in
// x out, and bias, out entries. If taken is not NULL it gets, for each y, which pixel
// of the window it came from (0 to 3 in reading order), or 4 if y is not positive.
void ek_conv_block(int level, const ek_conv *s, const float *x, const float *w, const float *bias, float *y,
                   uint8_t *taken, float *scratch);

// ek_conv_block_grad computes the gradients by w, bias and, unless dx is NULL, x,
// from dy and what the forward pass took. dx is channels-last.
void ek_conv_block_grad(int level, const ek_conv *s, const float *x, const float *w, const float *dy,
                        const uint8_t *taken, float *dw, float *db, float *dx, float *scratch);

// ek_exp replaces x[i] by e^x[i].
void ek_exp(int level, long n, float *x);

// ek_adamw performs one step; decay = 1 - lr*weight_decay, rate = lr/(1-beta1^t),
// root = sqrt(1-beta2^t).
void ek_adamw(int level, long n, float *p, const float *g, float *m, float *v, float decay, double beta1, double beta2,
              float rate, float root, float eps);

// ek_peak performs n rounds of independent multiply-adds and returns how many
// floating-point operations they are.
double ek_peak(int level, long n);

// ek_sgd performs one step of torch.optim.SGD; v is the momentum buffer.
void ek_sgd(long n, float *p, const float *g, float *v, float rate, float momentum, float decay);

// ek_relu_grad sets out[i] = dy[i] where y[i] > 0, else 0.
void ek_relu_grad(long n, const float *y, const float *dy, float *out);

// ek_mul sets out[i] = x[i]*y[i].
void ek_mul(long n, const float *x, const float *y, float *out);

// ek_standardize sets out[i][j] = (x[i][j] - mean[j])*scale[j].
void ek_standardize(long rows, long columns, const float *x, const float *mean, const float *scale, float *out);

// ek_column_sums sets out[j] to the sum of x[i][j] over the rows, in row order.
void ek_column_sums(long rows, long columns, const float *x, float *out);

// ek_log returns the natural logarithm of a positive finite double.
double ek_log(double x);

// ek_softmax_ce returns the weighted mean cross-entropy and fills grad with its
// gradient by z; see Level.SoftmaxCE. weights has one entry per row, offset one
// per class; either may be NULL.
double ek_softmax_ce(int level, long rows, long classes, const float *z, const uint16_t *labels, const float *weights,
                     const float *offset, float *grad, double *weight_sum);

#endif
