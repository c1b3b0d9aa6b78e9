// convert.cu: a batch of pictures and labels from the data set that lies on the device as bytes.
#include "prelude.cuh"

// pixels uint8 [pictures, H, W, C]; indices [N]: the pictures of the batch; random int32 [3]: seed's low word, its high word, epoch;
// table [C][256]: the input value of each byte; images [N, H, W, C].
struct BatchImagesArgs {
    const u8* pixels;
    const int* indices;
    const int* random;
    const float* table;
    float* images;
    int n, h, w, c;
    u32 stream;
    int padCrop;
    int flip;
    int cutout;
};

// Where the pixels of one picture go: shift, mirror and cutout, drawn from four random words.
struct Placement {
    int shiftY, shiftX;
    bool isMirrored;
    int cutY, cutX;

    GB_DEVICE static int below(u32 word16, int bound) { return (int)(word16 * (u32)bound >> 16); }

    GB_DEVICE Placement(const BatchImagesArgs& args, int index) {
        gb_words random = gb_philox((u32)args.random[0], (u32)args.random[1], args.stream, (u32)args.random[2], (u32)index, 0);
        shiftY = below(random.a >> 16, 2 * args.padCrop + 1) - args.padCrop;
        shiftX = below(random.a & 0xFFFF, 2 * args.padCrop + 1) - args.padCrop;
        isMirrored = args.flip != 0 && (random.b & 1) == 1;
        cutY = below(random.c >> 16, args.h) - args.cutout / 2;
        cutX = below(random.c & 0xFFFF, args.w) - args.cutout / 2;
    }
};

// images = table of the pixels, shifted by up to padCrop pixels each way (black moves in), mirrored with probability 1/2 where flip is 1,
// with a square of side cutout at the mean colour, which is 0. With padCrop, flip and cutout 0 a picture stays as it is.
// The draw is that of Philox(seed, stream).Words(epoch, picture), so that every backend sees the same pictures.
// Geometry: block 256; grid N ceil(H W C / 1024), the parts of a picture innermost; a thread takes up to four elements.
// Limits: H, W < 65536; the data set may be larger than 2^31 bytes.
GB_KERNEL(batch_images_f32, 256, (BatchImagesArgs args)) {
    int length = args.h * args.w * args.c;
    int parts = (length + 1023) / 1024;
    int slot = (int)blockIdx.x / parts;
    int index = args.indices[slot];
    Placement placement(args, index);
    const u8* picture = args.pixels + (u64)(u32)index * (u32)length;
    for (int j = 0; j < 4; j++) {
        int i = (int)blockIdx.x % parts * 1024 + j * 256 + (int)threadIdx.x;
        if (i < length) {
            int c = i % args.c;
            int x = i / args.c % args.w;
            int y = i / args.c / args.w;
            int fromY = y + placement.shiftY;
            int fromX = (placement.isMirrored ? args.w - 1 - x : x) + placement.shiftX;
            bool isInside = (u32)fromY < (u32)args.h && (u32)fromX < (u32)args.w;
            int value = isInside ? picture[(fromY * args.w + fromX) * args.c + c] : 0;
            bool isCut = (u32)(y - placement.cutY) < (u32)args.cutout && (u32)(x - placement.cutX) < (u32)args.cutout;
            args.images[slot * length + i] = isCut ? 0 : args.table[c * 256 + value];
        }
    }
}

struct BatchLabelsArgs {
    const int* labels;
    const int* indices;
    int* batch;
    int n;
    int padding;
};

// batch[i] = labels[indices[i]]. Geometry: block 256; grid ceil(n / 256).
GB_KERNEL(batch_labels_i32, 256, (BatchLabelsArgs args)) {
    int i = (int)(blockIdx.x * 256 + threadIdx.x);
    if (i < args.n) args.batch[i] = args.labels[args.indices[i]];
}
