/*
 * Mesa's llvmpipe, for ONNX Runtime's WebGPU provider: a Vulkan driver that is llvmpipe in all but two features.
 *
 * Dawn, which is that provider's WebGPU, refuses a driver without shaderSampledImageArrayDynamicIndexing and
 * shaderStorageImageArrayDynamicIndexing, and llvmpipe had none before Mesa 23. ONNX Runtime's shaders use no images at all, so this one
 * says that it has them, and keeps them from llvmpipe when a device is made.
 *
 * LLVMPIPE is the path of libvulkan_lvp.so. Numbers and layouts: vulkan_core.h, and the interface between loader and drivers
 * (https://github.com/KhronosGroup/Vulkan-Loader/blob/main/docs/LoaderDriverInterface.md).
 */
#include <dlfcn.h>
#include <stdint.h>
#include <string.h>

/* Places in VkPhysicalDeviceFeatures, which is a row of VkBool32. */
enum { SAMPLED_IMAGE_ARRAY = 34, STORAGE_IMAGE_ARRAY = 36 };
/* VkStructureType */
enum { PHYSICAL_DEVICE_FEATURES_2 = 1000059000 };
enum { VK_ERROR_INITIALIZATION_FAILED = -3 };

typedef struct Chained {
  uint32_t type;
  struct Chained *next;
  uint32_t features[];
} Chained;

/* VkDeviceCreateInfo */
typedef struct {
  uint32_t type;
  Chained *next;
  uint32_t flags, queue_count;
  const void *queues;
  uint32_t layer_count;
  const void *layers;
  uint32_t extension_count;
  const void *extensions;
  uint32_t *features;
} DeviceCreateInfo;

typedef void (*Function)(void);
typedef Function (*Lookup)(void *instance, const char *name);

static Lookup of_instance, of_physical_device;
static int (*negotiate)(uint32_t *version);
static void (*get_features)(void *device, uint32_t *features);
static void (*get_features_2)(void *device, Chained *features);
static int (*create_device)(void *physical, DeviceCreateInfo *info, const void *allocator, void **device);

__attribute__((constructor)) static void open_llvmpipe(void) {
  void *library = dlopen(LLVMPIPE, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return;
  of_instance = (Lookup)dlsym(library, "vk_icdGetInstanceProcAddr");
  of_physical_device = (Lookup)dlsym(library, "vk_icdGetPhysicalDeviceProcAddr");
  negotiate = (int (*)(uint32_t *))dlsym(library, "vk_icdNegotiateLoaderICDInterfaceVersion");
}

static void set(uint32_t *features, uint32_t value) { features[SAMPLED_IMAGE_ARRAY] = features[STORAGE_IMAGE_ARRAY] = value; }

static void features(void *device, uint32_t *found) {
  get_features(device, found);
  set(found, 1);
}
static void features_2(void *device, Chained *found) {
  get_features_2(device, found);
  set(found->features, 1);
}
static int create(void *physical, DeviceCreateInfo *info, const void *allocator, void **device) {
  if (info->features != NULL) set(info->features, 0);
  for (Chained *link = info->next; link != NULL; link = link->next)
    if (link->type == PHYSICAL_DEVICE_FEATURES_2) set(link->features, 0);
  return create_device(physical, info, allocator, device);
}

static Function replaced(const char *name, Function found) {
  if (found == NULL) return NULL;
  if (strcmp(name, "vkGetPhysicalDeviceFeatures") == 0) {
    get_features = (void (*)(void *, uint32_t *))found;
    return (Function)features;
  }
  if (strcmp(name, "vkGetPhysicalDeviceFeatures2") == 0 || strcmp(name, "vkGetPhysicalDeviceFeatures2KHR") == 0) {
    get_features_2 = (void (*)(void *, Chained *))found;
    return (Function)features_2;
  }
  if (strcmp(name, "vkCreateDevice") == 0) {
    create_device = (int (*)(void *, DeviceCreateInfo *, const void *, void **))found;
    return (Function)create;
  }
  return found;
}

Function vk_icdGetInstanceProcAddr(void *instance, const char *name) {
  return of_instance != NULL ? replaced(name, of_instance(instance, name)) : NULL;
}
Function vk_icdGetPhysicalDeviceProcAddr(void *instance, const char *name) {
  return of_physical_device != NULL ? replaced(name, of_physical_device(instance, name)) : NULL;
}
int vk_icdNegotiateLoaderICDInterfaceVersion(uint32_t *version) {
  return negotiate != NULL ? negotiate(version) : VK_ERROR_INITIALIZATION_FAILED;
}
